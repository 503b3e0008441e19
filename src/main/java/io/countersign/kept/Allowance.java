package io.countersign.kept;

import java.time.Duration;

/**
 * So much at once, which comes back evenly with time (a token bucket). What is spent beyond it has to come back first. Times
 * are {@link System#nanoTime} ones.
 */
public final class Allowance {
    private final double most;
    private final double perNano;
    private double left;
    private long at;

    /**
     * Whole at first.
     *
     * @param per the time in which all of it comes back
     */
    public Allowance(double most, Duration per, long now) {
        this.most = most;
        this.perNano = most / per.toNanos();
        this.left = most;
        this.at = now;
    }

    /** Takes one, where there is one. */
    public synchronized boolean take(long now) {
        if (until(now) > 0) {
            return false;
        }
        left--;
        return true;
    }

    /** Takes so many, whether they are there or not. */
    public synchronized void spend(double amount, long now) {
        refill(now);
        left -= amount;
    }

    /** One that was taken turns out not to count. */
    public synchronized void giveBack() {
        left = Math.min(most, left + 1);
    }

    /** In how many nanoseconds there will be one; 0 where there is one now. */
    public synchronized long until(long now) {
        refill(now);
        return left >= 1 ? 0 : Math.max(1, Math.round((1 - left) / perNano));
    }

    private void refill(long now) {
        if (now - at > 0) {
            left = Math.min(most, left + (now - at) * perNano);
            at = now;
        }
    }
}

package io.countersign.limit;

import io.countersign.kept.Allowance;
import io.countersign.settings.Rate;
import org.jspecify.annotations.Nullable;

/** What one partner has at the moment: transfers under way, and what is left of its requests and bytes. */
final class Account {
    private int underWay;
    private final Metered requests = new Metered();
    private final Metered bytes = new Metered();

    /** What is left of a rate, which is whole again where the rate is another than before. */
    private static final class Metered {
        private Rate rate = Rate.UNLIMITED;
        private @Nullable Allowance left;

        @Nullable
        Allowance of(Rate now) {
            if (!now.equals(rate)) {
                rate = now;
                left = now.isUnlimited() ? null : new Allowance(now.amount(), now.per(), System.nanoTime());
            }
            return left;
        }
    }

    synchronized @Nullable Allowance requests(Rate rate) {
        return requests.of(rate);
    }

    synchronized @Nullable Allowance bytes(Rate rate) {
        return bytes.of(rate);
    }

    /** @return false where so many are under way already */
    synchronized boolean enter(int most) {
        if (underWay >= most) {
            return false;
        }
        underWay++;
        return true;
    }

    synchronized void leave() {
        underWay--;
    }
}

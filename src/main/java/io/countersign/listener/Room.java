package io.countersign.listener;

import java.nio.channels.SelectableChannel;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The room that a listener has for connections, and who gives way where there is no more of it. Newcomers have a quarter of it
 * among themselves, which those make free who have been idle for the longest; for more of them, others of theirs give way: whoever
 * has said nothing first, then whoever has said half a message, then whoever is in his handshake, the oldest first. One that was
 * taken a moment ago is waited for until it is known which of these it is.
 */
final class Room {
    /** So many may be about to close at a time, and have their file descriptors yet. */
    private static final int MOST_ENDING = 16;

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    /** Before it is over nobody counts as silent: what he says may be on its way. */
    private static final long HEARING = TimeUnit.MILLISECONDS.toNanos(100);

    /** Each time it is a call of the system. */
    private static final int MOST_ASKED = 32;

    private enum Stage {
        SILENT,
        BEGUN,
        SHAKING,
        SETTLED,
        ENDING
    }

    private final int most;
    private final Set<SelectableChannel> coming = new LinkedHashSet<>();
    private final Map<Stage, Map<SelectableChannel, LimitedEndPoint>> known = new EnumMap<>(Stage.class);

    /** @param most open at a time */
    Room(int most) {
        this.most = most;
        for (Stage stage : Stage.values()) {
            known.put(stage, new LinkedHashMap<>());
        }
    }

    /** One has been taken, and is not looked at yet. */
    synchronized void comes(SelectableChannel channel) {
        coming.add(channel);
    }

    /** Unless it has gone meanwhile. */
    synchronized void opened(LimitedEndPoint connection) {
        if (coming.remove(connection.getChannel())) {
            in(connection.isSettled() ? Stage.SETTLED : Stage.SILENT).put(connection.getChannel(), connection);
            notifyAll();
        }
    }

    /** @param whole whether its first message has come as a whole; half of one may be nothing at all */
    synchronized void shakesHands(LimitedEndPoint connection, boolean whole) {
        move(connection, Stage.SILENT, whole ? Stage.SHAKING : Stage.BEGUN);
    }

    synchronized void settled(LimitedEndPoint connection) {
        if (move(connection, Stage.SHAKING, Stage.SETTLED) || move(connection, Stage.BEGUN, Stage.SETTLED)) {
            connection.settle();
        }
    }

    synchronized void gone(SelectableChannel channel) {
        coming.remove(channel);
        known.values().forEach(stage -> stage.remove(channel));
        notifyAll();
    }

    /** Those that nobody has ended yet, as it is now. */
    synchronized List<LimitedEndPoint> all() {
        return Stream.of(Stage.SILENT, Stage.BEGUN, Stage.SHAKING, Stage.SETTLED)
                .flatMap(stage -> in(stage).values().stream())
                .toList();
    }

    /** Whether there is room for another one, once those have ended that give way to it. */
    boolean isFree() {
        long until = System.nanoTime() + PATIENCE;
        while (isFull()) {
            if (isForNewcomers() && endIdle()) {
                continue;
            }
            LimitedEndPoint gives = newcomer(until);
            if (gives != null) {
                Ending.ofHandshake(gives, "gave way to others: " + most + " connections are open");
            } else if (!endIdle()) {
                return false;
            }
        }
        return comesToBe(() -> in(Stage.ENDING).size() < MOST_ENDING, until);
    }

    private synchronized boolean isFull() {
        return newcomers() + in(Stage.SETTLED).size() >= most;
    }

    private synchronized boolean isForNewcomers() {
        return newcomers() < Math.max(1, most / 4);
    }

    private synchronized int newcomers() {
        return coming.size()
                + in(Stage.SILENT).size()
                + in(Stage.BEGUN).size()
                + in(Stage.SHAKING).size();
    }

    /** The one among them that gives way, which ends from here on; none where there is none. */
    private synchronized @Nullable LimitedEndPoint newcomer(long until) {
        boolean unused = comesToBe(() -> coming.isEmpty() || !in(Stage.SILENT).isEmpty(), until);
        LimitedEndPoint silent = silent();
        for (LimitedEndPoint heard = null; silent != null && silent != heard; silent = silent()) {
            heard = silent;
            SelectableChannel channel = silent.getChannel();
            long now = System.nanoTime();
            unused = comesToBe(
                    () -> !in(Stage.SILENT).containsKey(channel), Math.min(until, now + HEARING - silent.age(now)));
        }
        if (silent != null && move(silent, Stage.SILENT, Stage.ENDING)) {
            return silent;
        }
        for (Stage stage : List.of(Stage.BEGUN, Stage.SHAKING, Stage.SILENT)) {
            for (LimitedEndPoint oldest : in(stage).values()) {
                move(oldest, stage, Stage.ENDING);
                return oldest;
            }
        }
        return null;
    }

    /** The oldest that has said nothing: what others have said may lie unread, on a machine that is busy. */
    private @Nullable LimitedEndPoint silent() {
        return in(Stage.SILENT).values().stream()
                .limit(MOST_ASKED)
                .filter(connection -> !connection.isUnread())
                .findFirst()
                .orElse(null);
    }

    private boolean endIdle() {
        long now = System.nanoTime();
        PriorityQueue<Idle> idle =
                new PriorityQueue<>(Comparator.comparingLong(Idle::nanos).reversed());
        for (LimitedEndPoint one : settled()) {
            idle.add(new Idle(now - Objects.requireNonNullElse(one.pace().idleSince(), now), one));
        }
        for (Idle longest = idle.poll(); longest != null; longest = idle.poll()) {
            if (Ending.ofIdle(longest.connection())) {
                boolean unused = move(longest.connection(), Stage.SETTLED, Stage.ENDING); // or it has gone already
                return true;
            }
        }
        return false;
    }

    /** For how long one has been idle: as it was at one moment, since that changes while it is compared with others. */
    private record Idle(long nanos, LimitedEndPoint connection) {}

    private synchronized List<LimitedEndPoint> settled() {
        return List.copyOf(in(Stage.SETTLED).values());
    }

    /** @return whether it has come to be so in time */
    private synchronized boolean comesToBe(BooleanSupplier so, long until) {
        try {
            while (!so.getAsBoolean()) {
                long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                if (millis <= 0) {
                    return false;
                }
                wait(millis);
            }
            return true;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Unless it is no longer where it was. */
    private synchronized boolean move(LimitedEndPoint connection, Stage from, Stage to) {
        return in(from).remove(connection.getChannel(), connection)
                && in(to).put(connection.getChannel(), connection) == null;
    }

    private Map<SelectableChannel, LimitedEndPoint> in(Stage stage) {
        return Objects.requireNonNull(known.get(stage));
    }
}

package io.countersign.alert;

import io.countersign.alert.Alert.Kind;
import io.countersign.alert.Alert.Matter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Alerts within one interval after the other. The first of its kind goes at once, and those like it come once more, with their
 * number, when the interval ends; what goes on and on comes once in each. Bounded, whatever happens: {@value #MOST} different
 * ones in an interval, and {@value #REFUSED} refusals, which others cause and which therefore take nothing from the rest; of
 * all others only how many there were.
 */
final class Gathering {
    static final int MOST = 60;
    static final int REFUSED = 30;

    private final Duration interval;
    private final Map<Matter, Repeated> known = new HashMap<>();
    private @Nullable Instant end;
    private long more;

    /** An alert to be sent. */
    record Told(Alert alert, long times) {}

    private static final class Repeated {
        private Alert last;
        private long times;

        Repeated(Alert first) {
            last = first;
        }
    }

    Gathering(Duration interval) {
        this.interval = interval;
    }

    /** @return where it is to be sent now */
    synchronized Optional<Told> add(Alert alert, Instant now) {
        if (end == null) {
            end = now.plus(interval);
        }
        Repeated before = known.get(alert.matter());
        if (before != null) {
            before.last = alert;
            before.times++;
            return Optional.empty();
        }
        boolean refused = alert.kind() == Kind.REFUSED;
        long like = known.keySet().stream()
                .filter(matter -> refused == (matter.kind() == Kind.REFUSED))
                .count();
        if (like >= (refused ? REFUSED : MOST)) {
            more++;
            return Optional.empty();
        }
        known.put(alert.matter(), new Repeated(alert));
        return Optional.of(new Told(alert, 1));
    }

    /** What is to be sent since an interval has ended. */
    synchronized List<Told> due(Instant now) {
        if (end == null || now.isBefore(end)) {
            return List.of();
        }
        List<Told> due = new ArrayList<>();
        Iterator<Repeated> all = known.values().iterator();
        while (all.hasNext()) {
            Repeated each = all.next();
            if (each.times == 0) {
                all.remove();
                continue;
            }
            due.add(new Told(each.last, each.times));
            each.times = 0;
        }
        if (more > 0) {
            due.add(new Told(rest(now), more));
        }
        more = 0;
        end = due.isEmpty() ? null : now.plus(interval);
        return due;
    }

    private Alert rest(Instant now) {
        String text = "and " + more + " more alerts than are sent one by one within " + interval.toSeconds()
                + " s; the log has all of them";
        return new Alert(now, Kind.MORE, "", "", "", text, Map.of("more", more));
    }
}

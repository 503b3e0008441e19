package io.countersign.partner;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Whether a partner's pins follow each other without a time at which none of them counts. */
final class PinCoverage {
    private PinCoverage() {}

    /** What an operator should know: that all have run out, that none counts yet, or that there will be a gap. */
    static Optional<String> gap(List<Pin> pins, Instant now) {
        List<Pin> left = new ArrayList<>(pins);
        left.removeIf(pin -> !pin.ends().isAfter(now));
        if (left.isEmpty()) {
            return pins.stream()
                    .max(Comparator.comparing(Pin::ends))
                    .map(last -> "admits nobody: all of its pinned certificates have run out, the last one, "
                            + last.file() + ", at " + last.ends());
        }
        left.sort(Comparator.comparing(Pin::begins));
        Pin first = left.get(0);
        if (first.begins().isAfter(now)) {
            return Optional.of(
                    "admits nobody before " + first.begins() + ", when " + first.file() + " begins to count");
        }
        Pin last = first;
        for (Pin next : left) {
            if (next.begins().isAfter(last.ends())) {
                return Optional.of("will admit nobody from " + last.ends() + ", when " + last.file()
                        + " runs out, until " + next.begins() + ", when " + next.file() + " begins to count");
            }
            last = next.ends().isAfter(last.ends()) ? next : last;
        }
        return Optional.empty();
    }
}

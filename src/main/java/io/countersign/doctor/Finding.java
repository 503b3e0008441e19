package io.countersign.doctor;

import io.countersign.text.OneLine;
import java.util.List;
import java.util.Locale;

/**
 * What one step has come to.
 *
 * @param seen what was there, in one line
 * @param details more of that
 * @param wrong what is wrong; empty where nothing is
 * @param remedy who should change what; empty where nothing is wrong
 */
public record Finding(Mark mark, String step, String seen, List<String> details, String wrong, String remedy) {
    /** How it stands. */
    public enum Mark {
        OK,
        WARNING,
        FAILED,
        /** Not looked at, since it does not apply. */
        NONE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Others have chosen much of what stands here. */
    public Finding {
        seen = OneLine.printable(seen);
        details = details.stream().map(OneLine::printable).toList();
        wrong = OneLine.printable(wrong);
        remedy = OneLine.printable(remedy);
    }

    static Finding ok(String step, String seen) {
        return new Finding(Mark.OK, step, seen, List.of(), "", "");
    }

    static Finding none(String step, String seen) {
        return new Finding(Mark.NONE, step, seen, List.of(), "", "");
    }

    static Finding warning(String step, String seen, Cause cause) {
        return new Finding(Mark.WARNING, step, seen, List.of(), cause.wrong(), cause.remedy());
    }

    static Finding failed(String step, String seen, Cause cause) {
        return new Finding(Mark.FAILED, step, seen, List.of(), cause.wrong(), cause.remedy());
    }

    Finding with(List<String> more) {
        return new Finding(mark, step, seen, more, wrong, remedy);
    }

    boolean isFailure() {
        return mark == Mark.FAILED;
    }
}

package io.countersign.cli;

import io.countersign.route.PartnerFiles;
import io.countersign.route.PartnerFiles.Found;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a change of a partner's file takes effect in a service. It does whatever is wrong with other files, and not where
 * the file itself has mistakes or another partner is in the way, unless it turns the partner away.
 */
record Effect(String name, String file, Found then, List<String> problems) {
    /**
     * Says what keeps the change from taking effect, and in one line what else is wrong.
     *
     * @param away whether the partner is disabled or removed
     * @return the exit code
     */
    int say(boolean away, PrintWriter err) {
        List<String> own = new ArrayList<>();
        List<String> between = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String problem : problems) {
            (PartnerFiles.isOf(file, problem) ? own : isAbout(problem) ? between : others).add(problem);
        }
        if (!own.isEmpty()) {
            err.println(file + " has other mistakes, and its last good version stays in force until they are mended; a"
                    + " partner that is disabled or removed is turned away all the same");
            own.forEach(problem -> err.println("  " + problem));
        }
        if (!between.isEmpty()) {
            err.println(
                    away
                            ? "also wrong, while " + name + " is turned away all the same:"
                            : file + " does not take effect before this is mended:");
            between.forEach(problem -> err.println("  " + problem));
        }
        if (!others.isEmpty()) {
            err.println("note: also wrong, but not in the way of this change: "
                    + others.stream().map(Effect::place).distinct().collect(Collectors.joining(", "))
                    + "; see partners list");
        }
        boolean held = !own.isEmpty() || !between.isEmpty() || then.held().contains(name);
        return held && !away ? 3 : 0;
    }

    /** What two partners have against each other, or the settings against one, begins with their names. */
    private boolean isAbout(String problem) {
        return problem.contains("describes partner " + name + ", which ")
                || (problem.startsWith("partner")
                        && Arrays.asList(place(problem).split("[ ,]+")).contains(name));
    }

    private static String place(String problem) {
        return problem.split("(: |, partner )", 2)[0];
    }
}

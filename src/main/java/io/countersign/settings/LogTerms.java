package io.countersign.settings;

/**
 * What the settings say of the log.
 *
 * @param json whether its lines are for programs
 */
public record LogTerms(boolean json) {
    private static final String FORMAT = "countersign.log-format";

    public static LogTerms of(Settings settings) {
        return read(settings, new Problems());
    }

    static LogTerms read(Settings settings, Problems problems) {
        String format = settings.get(FORMAT);
        if (!format.equals("text") && !format.equals("json")) {
            problems.add(settings.where(FORMAT), "'" + format + "' is no form of the log; accepted: text, json");
        }
        return new LogTerms(format.equals("json"));
    }
}

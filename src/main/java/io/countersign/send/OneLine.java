package io.countersign.send;

/** Text of others, names of files among it, for one line of the log and between its quotes. */
final class OneLine {
    private OneLine() {}

    static String of(Object text) {
        return String.valueOf(text)
                .replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?")
                .replace('"', '\'');
    }
}

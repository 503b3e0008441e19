package io.countersign.text;

import java.util.regex.Pattern;

/** Text of others, names of files and of certificates among it, without what would break a line or turn it around. */
public final class OneLine {
    private static final Pattern COMMANDS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private OneLine() {}

    /** For between the quotes of a line of the log. */
    public static String of(Object text) {
        return printable(String.valueOf(text)).replace('"', '\'');
    }

    public static String printable(String text) {
        return COMMANDS.matcher(text).replaceAll("?");
    }
}

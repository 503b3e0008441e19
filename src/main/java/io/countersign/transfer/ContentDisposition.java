package io.countersign.transfer;

import io.countersign.refusal.Refusal;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file name in a {@code Content-Disposition} header (RFC 6266); {@code filename*} (RFC 8187) goes before {@code filename}. */
final class ContentDisposition {
    /** Possessive, since Java would keep a frame of its stack for each character of a quoted name otherwise. */
    private static final Pattern PARAMETER = Pattern.compile(
            ";\\s*([\\w!#$&+.^`|~*-]+)\\s*=\\s*(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|([^;\\s\"]*))\\s*");

    private static final Pattern EXTENDED = Pattern.compile("(?i)utf-8'[^']*'(.*)");

    private ContentDisposition() {}

    /** @throws Refusal where the header names no file, or one that cannot be used */
    static PayloadName name(String header) throws Refusal {
        Map<String, String> parameters = new HashMap<>();
        Matcher parameter = PARAMETER.matcher(header);
        while (parameter.find()) {
            String quoted = parameter.group(2);
            String value = quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1");
            parameters.putIfAbsent(parameter.group(1).toLowerCase(Locale.ROOT), value);
        }
        Matcher extended = EXTENDED.matcher(parameters.getOrDefault("filename*", ""));
        return extended.matches()
                ? PayloadName.ofPath(extended.group(1))
                : PayloadName.of(parameters.getOrDefault("filename", ""));
    }
}

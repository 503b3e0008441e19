package io.countersign.dns;

import java.util.Locale;
import java.util.regex.Pattern;

/** A host's full name (RFC 1123, 2.1) in one form: lower case, as it is sent (beyond ASCII in A-labels, {@code xn--…}), without the dot at the end. */
public record HostName(String value) {
    private static final int LONGEST = 253;
    private static final Pattern FORM =
            Pattern.compile("(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
    /** Whoever writes such a thing means an address. */
    private static final Pattern NUMBER_AT_END = Pattern.compile("(?:.*\\.)?(?:\\d+|0x[0-9a-f]*)");

    /** @throws IllegalArgumentException where no host can have this name */
    public static HostName parse(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (bare.length() > LONGEST
                || !FORM.matcher(bare).matches()
                || NUMBER_AT_END.matcher(bare).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a host's name");
        }
        return new HostName(bare);
    }

    /** Whether it lies right under a domain, by one label more (RFC 9525, 6.3). */
    public boolean isRightUnder(HostName domain) {
        int dot = value.indexOf('.');
        return dot > 0 && value.substring(dot + 1).equals(domain.value);
    }

    public boolean hasDot() {
        return value.contains(".");
    }

    @Override
    public String toString() {
        return value;
    }
}

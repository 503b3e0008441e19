package io.countersign.proxy;

import static io.countersign.proxy.UnclearCallerException.quoted;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code Forwarded} (RFC 7239): {@code for="[2001:db8::1]:4711";proto=https, for=192.0.2.7}. Read from its end, also where an
 * element begins, since a quote that a caller has left open must not swallow what a proxy has written behind it.
 */
final class ForwardedHeader implements AddressHeader {
    private static final Pattern PAIR = Pattern.compile(
            "[ \\t]*(?:(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:(?<token>[!#$%&'*+.^_`|~0-9A-Za-z-]+)|\"(?<quoted>(?:[^\"\\\\\\p{Cntrl}]|\\\\[^\\p{Cntrl}])*+)\"))?[ \\t]*(?:;|$)");
    /** What RFC 7239 lets a proxy say instead of a port number. */
    private static final Pattern OBFUSCATED_PORT = Pattern.compile(":_[A-Za-z0-9._-]+$");

    private static final int MOST_CHARACTERS = 1_000;

    @Override
    public String name() {
        return "Forwarded";
    }

    @Override
    public int beginningOfLast(String list) {
        boolean quoted = false;
        for (int i = list.length() - 1; i >= 0; i--) {
            char here = list.charAt(i);
            if (here == '"' && !(quoted && isEscaped(list, i))) {
                quoted = !quoted;
            } else if (here == ',' && !quoted) {
                return i + 1;
            }
        }
        return 0;
    }

    private static boolean isEscaped(String list, int at) {
        int before = at;
        while (before > 0 && list.charAt(before - 1) == '\\') {
            before--;
        }
        return (at - before) % 2 == 1;
    }

    @Override
    public InetAddress address(String element) throws UnclearCallerException {
        String caller = null;
        if (element.length() > MOST_CHARACTERS) {
            throw unreadable(element);
        }
        Matcher pair = PAIR.matcher(element);
        int next = 0;
        while (next < element.length()) {
            if (!pair.find(next) || pair.start() != next) {
                throw unreadable(element);
            }
            next = pair.end();
            if (pair.group("name") != null
                    && pair.group("name").toLowerCase(Locale.ROOT).equals("for")) {
                if (caller != null) {
                    throw new UnclearCallerException("Forwarded has two 'for' in one element: " + quoted(element));
                }
                caller = value(pair.group("token"), pair.group("quoted"));
            }
        }
        if (caller == null) {
            throw new UnclearCallerException("Forwarded has an element without 'for': " + quoted(element));
        }
        if (!caller.startsWith("[") && caller.indexOf(':') != caller.lastIndexOf(':')) {
            throw new UnclearCallerException("Forwarded has for=" + quoted(caller)
                    + ", an IPv6 address without brackets; accepted: for=\"[2001:db8::1]\"");
        }
        return node(OBFUSCATED_PORT.matcher(caller).replaceFirst(""));
    }

    private static String value(@Nullable String token, @Nullable String quoted) {
        return token != null ? token : String.valueOf(quoted).replaceAll("\\\\(.)", "$1");
    }

    private static UnclearCallerException unreadable(String element) {
        return new UnclearCallerException("Forwarded has an element that cannot be read: " + quoted(element));
    }
}

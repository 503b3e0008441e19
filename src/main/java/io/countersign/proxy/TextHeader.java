package io.countersign.proxy;

import static io.countersign.proxy.UnclearCallerException.quoted;

import io.countersign.address.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Version 1 of the PROXY protocol: one line, {@code PROXY TCP4 192.0.2.7 198.51.100.1 51234 443}. */
final class TextHeader {
    /** With the line's end; enough for two IPv6 addresses. */
    static final int MOST_BYTES = 107;

    private static final Pattern PORT = Pattern.compile("0|[1-9]\\d{0,4}");
    private static final int LAST_PORT = 65_535;

    private TextHeader() {}

    /** @param begun from the header's first byte on */
    static @Nullable ProxyHeader read(ByteBuffer begun) throws UnclearCallerException {
        StringBuilder line = new StringBuilder();
        while (begun.hasRemaining()) {
            char next = (char) (begun.get() & 0xff);
            boolean ended = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
            if (ended && next == '\n') {
                return of(line.substring(0, line.length() - 1), line.length() + 1);
            }
            if (ended || (next != '\r' && (next < ' ' || next > '~'))) {
                throw new UnclearCallerException(
                        "begins with a PROXY header that has a byte of 0x" + Integer.toHexString(ended ? '\r' : next)
                                + " in its line; accepted: text, and CRLF at its end");
            }
            line.append(next);
            if (line.length() >= MOST_BYTES) {
                throw new UnclearCallerException(
                        "begins with a PROXY header without an end; accepted: at most " + MOST_BYTES + " bytes");
            }
        }
        return null;
    }

    private static ProxyHeader of(String line, int length) throws UnclearCallerException {
        String[] words = line.split(" ", -1);
        String family = words.length < 2 ? "" : words[1];
        if (words[0].equals("PROXY") && family.equals("UNKNOWN")) {
            return new ProxyHeader(length, null); // whatever else it says is to be passed over
        }
        if (!words[0].equals("PROXY") || (!family.equals("TCP4") && !family.equals("TCP6"))) {
            throw new UnclearCallerException("begins with a PROXY header for something else than TCP: " + quoted(line)
                    + "; accepted: PROXY TCP4, PROXY TCP6, PROXY UNKNOWN");
        }
        if (words.length != 6) {
            throw new UnclearCallerException("begins with a PROXY header that is not made of six words: " + quoted(line)
                    + "; accepted: PROXY TCP4 SOURCE DESTINATION PORT PORT, with one blank between two");
        }
        InetAddress source = address(family, words[2]);
        address(family, words[3]);
        int port = port(words[4]);
        port(words[5]);
        return new ProxyHeader(length, new InetSocketAddress(source, port));
    }

    private static InetAddress address(String family, String text) throws UnclearCallerException {
        boolean six = family.equals("TCP6");
        try {
            if (text.contains(":") == six && !text.contains("%") && !text.contains("[")) {
                return Addresses.parse(text);
            }
        } catch (IllegalArgumentException notOne) {
            // told below
        }
        throw new UnclearCallerException("begins with a PROXY header for " + family + ", and " + quoted(text)
                + " is no IPv" + (six ? 6 : 4) + " address");
    }

    private static int port(String text) throws UnclearCallerException {
        int port = PORT.matcher(text).matches() ? Integer.parseInt(text) : -1;
        if (port < 0 || port > LAST_PORT) {
            throw new UnclearCallerException(
                    "begins with a PROXY header in which " + quoted(text) + " is no port; accepted: 0 to " + LAST_PORT);
        }
        return port;
    }
}

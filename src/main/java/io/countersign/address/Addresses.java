package io.countersign.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** IP addresses from text, without ever asking a name server, and one notation for each. */
public final class Addresses {
    private static final String DOTTED = "(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}";
    private static final Pattern IPV4 = Pattern.compile(DOTTED);
    /** What fits neither pattern must not reach {@link InetAddress#getByName}, which could take it for a host name. */
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:(?:[0-9A-Fa-f]*|" + DOTTED + ")");

    private static final int IPV6_NETWORK = 8; // bytes

    private Addresses() {}

    /**
     * Reads an IPv4 or IPv6 address; an IPv4-mapped one becomes the IPv4 address, a zone id is dropped.
     *
     * @throws IllegalArgumentException for anything else, host names included
     */
    public static InetAddress parse(String text) {
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        String literal = bare.contains("%") ? bare.substring(0, bare.indexOf('%')) : bare;
        if (!IPV4.matcher(literal).matches() && !IPV6.matcher(literal).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address");
        }
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException invalid) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address", invalid);
        }
    }

    /** Whose it is as far as one can tell: of IPv6 its network of 64 bits, all of which one host may have. */
    public static String source(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return format(address);
        }
        try {
            return format(InetAddress.getByAddress(Arrays.copyOf(Arrays.copyOf(bytes, IPV6_NETWORK), bytes.length)))
                    + "/" + IPV6_NETWORK * Byte.SIZE;
        } catch (UnknownHostException ofThatLength) {
            throw new IllegalStateException(ofThatLength);
        }
    }

    /** The same of an address as text; other text is its own source. */
    public static String source(String address) {
        try {
            return source(parse(address));
        } catch (IllegalArgumentException none) {
            return address;
        }
    }

    /** The one notation used in logs and receipts: dotted for IPv4 and IPv4-mapped, RFC 5952 for IPv6, no zone id. */
    public static String format(InetAddress address) {
        if (address instanceof Inet4Address) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = i;
            while (run < 8 && groups[run] == 0) {
                run++;
            }
            if (run - i > length) {
                start = i;
                length = run - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}

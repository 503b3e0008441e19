package io.countersign.address;

import java.net.InetAddress;

/** A network in CIDR notation (RFC 4632, RFC 4291); a bare address is a network of one. */
public record Network(InetAddress address, int prefixLength) {
    private static final int MAPPED_BITS = 96;

    /** @throws IllegalArgumentException where the text is neither an address nor a network */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        InetAddress address = Addresses.parse(host);
        int bits = address.getAddress().length * Byte.SIZE;
        if (slash < 0) {
            return new Network(address, bits);
        }
        String prefix = text.substring(slash + 1);
        boolean mapped = bits == Integer.SIZE && host.contains(":");
        int least = mapped ? MAPPED_BITS : 0;
        int length = prefix.matches("\\d{1,3}") ? Integer.parseInt(prefix) - least : -1;
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "'" + text + "' has no prefix length between " + least + " and " + (least + bits));
        }
        return new Network(address, length);
    }

    /** An address of the other family is never within. */
    public boolean contains(InetAddress candidate) {
        byte[] ours = address.getAddress();
        byte[] theirs = candidate.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        int whole = prefixLength / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (ours[i] != theirs[i]) {
                return false;
            }
        }
        int rest = prefixLength % Byte.SIZE;
        int mask = 0xff << (Byte.SIZE - rest) & 0xff;
        return rest == 0 || (ours[whole] & mask) == (theirs[whole] & mask);
    }

    @Override
    public String toString() {
        return Addresses.format(address) + "/" + prefixLength;
    }
}

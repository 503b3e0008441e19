package io.countersign.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Version 2 of the PROXY protocol: a signature, what is spoken, a length, two addresses, and values of a type each. */
final class BinaryHeader {
    private static final int FIXED = 16;
    private static final int VERSION = 2;
    private static final int LOCAL = 0;
    private static final int PROXY = 1;
    private static final int UNSPECIFIED = 0x0;
    private static final int IPV4 = 0x1;
    private static final int IPV6 = 0x2;
    private static final int STREAM = 0x1;
    private static final int PORTS = 4;
    private static final int CHECKSUM = 0x03;
    private static final int VALUE_HEAD = 3;

    private BinaryHeader() {}

    /** @param begun from the header's first byte on */
    static @Nullable ProxyHeader read(ByteBuffer begun) throws UnclearCallerException {
        if (begun.remaining() < FIXED) {
            return null;
        }
        int version = begun.get(ProxyHeader.BYTES.length) >> 4 & 0xf;
        int command = begun.get(ProxyHeader.BYTES.length) & 0xf;
        int family = begun.get(ProxyHeader.BYTES.length + 1) >> 4 & 0xf;
        int transport = begun.get(ProxyHeader.BYTES.length + 1) & 0xf;
        int length = begun.getShort(FIXED - Short.BYTES) & 0xffff;
        if (version != VERSION || command > PROXY) {
            throw refused("of version " + version + " with command " + command
                    + "; accepted: version 2 with LOCAL (0) or PROXY (1)");
        }
        if (FIXED + length > ProxyHeader.MOST_BYTES) {
            throw refused("of " + (FIXED + length) + " bytes; accepted: at most " + ProxyHeader.MOST_BYTES);
        }
        boolean itself = command == LOCAL || family == UNSPECIFIED;
        if (!itself && (transport != STREAM || (family != IPV4 && family != IPV6))) {
            throw refused("for family " + family + " and transport " + transport
                    + "; accepted: TCP (1) over IPv4 (1) or IPv6 (2)");
        }
        int bytes = family == IPV4 ? 4 : family == IPV6 ? 16 : 0;
        int addresses = itself && family != UNSPECIFIED ? length : bytes == 0 ? 0 : 2 * bytes + PORTS;
        if (length < addresses) {
            throw refused("that ends within its addresses: " + length + " bytes of " + addresses);
        }
        if (begun.remaining() < FIXED + length) {
            return null;
        }
        ByteBuffer whole = begun.slice(0, FIXED + length);
        checkValues(whole, FIXED + addresses);
        return new ProxyHeader(FIXED + length, itself ? null : caller(whole, bytes));
    }

    private static InetSocketAddress caller(ByteBuffer whole, int bytes) {
        byte[] address = new byte[bytes];
        whole.get(FIXED, address);
        int port = whole.getShort(FIXED + 2 * bytes) & 0xffff;
        try {
            // An IPv4-mapped address becomes the IPv4 one here.
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** None of them is needed; the header must hold them whole, and a checksum must be right. */
    private static void checkValues(ByteBuffer whole, int first) throws UnclearCallerException {
        boolean checked = false;
        int next = first;
        while (next < whole.limit()) {
            int room = whole.limit() - next - VALUE_HEAD;
            int length = room < 0 ? 0 : whole.getShort(next + 1) & 0xffff;
            if (room < length) {
                throw refused("that ends within one of its values");
            }
            if (whole.get(next) == CHECKSUM) {
                if (checked || length != Integer.BYTES) {
                    throw refused("with more than one checksum, or one that is not of 4 bytes");
                }
                checkSum(whole, next + VALUE_HEAD);
                checked = true;
            }
            next += VALUE_HEAD + length;
        }
    }

    private static void checkSum(ByteBuffer whole, int at) throws UnclearCallerException {
        byte[] zeroed = new byte[whole.limit()];
        whole.get(0, zeroed);
        for (int i = 0; i < Integer.BYTES; i++) {
            zeroed[at + i] = 0;
        }
        CRC32C sum = new CRC32C();
        sum.update(zeroed);
        if ((int) sum.getValue() != whole.getInt(at)) {
            throw refused("whose checksum is not that of its bytes");
        }
    }

    private static UnclearCallerException refused(String what) {
        return new UnclearCallerException("begins with a PROXY header " + what);
    }
}

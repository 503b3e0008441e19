package io.countersign.testing;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Headers of the PROXY protocol, right ones and wrong ones, as bytes. */
public final class ProxyBytes {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

    private ProxyBytes() {}

    /** Version 1; {@code \r\n} is added. */
    public static byte[] text(String line) {
        return (line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Version 1 of a connection from an address. */
    public static byte[] textFrom(String source) {
        boolean six = source.contains(":");
        return text("PROXY TCP" + (six ? "6 " + source + " ::1" : "4 " + source + " 127.0.0.1") + " 51234 8443");
    }

    /** Version 2 of a connection from an address, with values behind it. */
    public static byte[] bytesFrom(String source, byte[]... values) {
        byte[] address = address(source);
        byte[] own = new byte[address.length];
        return bytes(
                0x21,
                address.length == 4 ? 0x11 : 0x21,
                joined(joined(address, own, new byte[] {(byte) 0xc8, 0x22, 0x20, (byte) 0xfb}), joined(values)));
    }

    /** Version 2 with whatever stands in it. */
    public static byte[] bytes(int versionAndCommand, int familyAndTransport, byte[] rest) {
        return joined(
                SIGNATURE,
                new byte[] {
                    (byte) versionAndCommand, (byte) familyAndTransport, (byte) (rest.length >> 8), (byte) rest.length
                },
                rest);
    }

    /** A value of a type. */
    public static byte[] value(int type, byte... content) {
        return joined(new byte[] {(byte) type, (byte) (content.length >> 8), (byte) content.length}, content);
    }

    /** Sets the checksum, which must be the last value: {@code value(3, 0, 0, 0, 0)}. */
    public static byte[] summed(byte[] header) {
        CRC32C sum = new CRC32C();
        sum.update(header);
        byte[] summed = header.clone();
        ByteBuffer.wrap(summed).putInt(summed.length - 4, (int) sum.getValue());
        return summed;
    }

    public static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** As it stands, where it has a colon 16 bytes, also for IPv4-mapped addresses. */
    private static byte[] address(String text) {
        try {
            byte[] address = InetAddress.getByName(text).getAddress();
            return text.contains(":") && address.length == 4
                    ? joined(new byte[10], new byte[] {(byte) 0xff, (byte) 0xff}, address)
                    : address;
        } catch (UnknownHostException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }
}

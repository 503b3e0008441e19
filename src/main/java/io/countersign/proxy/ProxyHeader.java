package io.countersign.proxy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a connection says of its caller before anything else: the PROXY protocol, as text (version 1) or in bytes (version
 * 2). Fails closed: what is not exactly as the protocol says is refused. Whoever asks must know that the sender is a proxy.
 *
 * @param length how many bytes it has
 * @param caller none where it names nobody, as in a proxy's health checks
 */
public record ProxyHeader(int length, @Nullable InetSocketAddress caller) {
    /** Longer ones are refused; real ones have some hundred bytes. */
    public static final int MOST_BYTES = 4096;

    private static final byte[] TEXT = "PROXY".getBytes(StandardCharsets.US_ASCII);
    static final byte[] BYTES = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

    /** How a connection begins: with a header, with something else, or with too little to tell. */
    public enum Beginning {
        HEADER,
        OTHER,
        UNDECIDED
    }

    /** @param begun the first bytes, as many as have come; they stay where they are */
    public static Beginning beginning(ByteBuffer begun) {
        Beginning text = beginning(begun, TEXT);
        return text == Beginning.OTHER ? beginning(begun, BYTES) : text;
    }

    /**
     * Reads the header that a connection must begin with.
     *
     * @param begun the first bytes, as many as have come; they stay where they are
     * @return none while more must come
     * @throws UnclearCallerException where it is none, or one that cannot be used
     */
    public static @Nullable ProxyHeader read(ByteBuffer begun) throws UnclearCallerException {
        return switch (beginning(begun)) {
            case UNDECIDED -> null;
            case OTHER -> throw new UnclearCallerException("does not begin with a PROXY header");
            case HEADER ->
                begun.get(begun.position()) == TEXT[0]
                        ? TextHeader.read(begun.slice())
                        : BinaryHeader.read(begun.slice());
        };
    }

    private static Beginning beginning(ByteBuffer begun, byte[] signature) {
        int length = Math.min(begun.remaining(), signature.length);
        for (int i = 0; i < length; i++) {
            if (begun.get(begun.position() + i) != signature[i]) {
                return Beginning.OTHER;
            }
        }
        return length < signature.length ? Beginning.UNDECIDED : Beginning.HEADER;
    }
}

package io.countersign.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller offers in the first message of TLS (RFC 8446, 4.1.2), to say why nothing came of it, and to choose among what
 * it offers. It decides nothing else: it is read as far as its first bytes have come, and what cannot be read is left out.
 *
 * @param versions the newest first
 * @param suites cipher suites, by name where they have one here, else by number
 * @param keyShares the groups for which it has brought a key (4.2.8), by their numbers in IANA's registry
 * @param server the name of the server that it wants (SNI, RFC 6066), where it says one
 */
public record ClientHello(
        List<String> versions,
        List<String> suites,
        List<Integer> keyShares,
        @Nullable String server) {
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int RANDOM = 32;
    private static final int SERVER_NAME = 0;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int KEY_SHARE = 51;
    private static final int LONGEST_NAME = 255;
    private static final int SSL_3 = 0x0300;
    private static final int TLS_1_3 = 0x0304;

    /** Those that are seen of old clients, and ours (the registry is IANA's). */
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0x1301, "TLS_AES_128_GCM_SHA256"),
            Map.entry(0x1302, "TLS_AES_256_GCM_SHA384"),
            Map.entry(0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
            Map.entry(0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
            Map.entry(0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
            Map.entry(0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
            Map.entry(0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
            Map.entry(0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
            Map.entry(0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
            Map.entry(0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
            Map.entry(0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
            Map.entry(0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
            Map.entry(0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
            Map.entry(0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
            Map.entry(0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
            Map.entry(0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
            Map.entry(0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
            Map.entry(0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
            Map.entry(0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
            Map.entry(0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
            Map.entry(0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
            Map.entry(0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"),
            Map.entry(0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
            Map.entry(0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
            Map.entry(0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"),
            Map.entry(0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"));

    /**
     * Reads without taking anything away.
     *
     * @return nothing where this is no beginning of TLS
     */
    public static Optional<ClientHello> read(ByteBuffer first) {
        ByteBuffer bytes = first.slice();
        List<String> versions = new ArrayList<>();
        List<String> suites = new ArrayList<>();
        List<Integer> keyShares = new ArrayList<>();
        try {
            if (bytes.get() != HANDSHAKE || bytes.get() != 3) {
                return Optional.empty();
            }
            bytes.position(5);
            if (bytes.get() != CLIENT_HELLO) {
                return Optional.empty();
            }
            bytes.position(bytes.position() + 3);
            versions.add(version(word(bytes)));
            bytes.position(bytes.position() + RANDOM);
            taken(bytes, bytes.get() & 0xff);
            ByteBuffer listed = taken(bytes, word(bytes));
            while (listed.remaining() > 1) {
                int suite = word(listed);
                if (!isSignal(suite)) {
                    suites.add(NAMES.getOrDefault(suite, String.format("0x%04X", suite)));
                }
            }
            taken(bytes, bytes.get() & 0xff);
            bytes.position(bytes.position() + 2);
            return Optional.of(new ClientHello(versions, suites, keyShares, extensions(bytes, versions, keyShares)));
        } catch (BufferUnderflowException | IllegalArgumentException notWhole) {
            return Optional.of(new ClientHello(versions, suites, keyShares, null));
        }
    }

    /** Whether it offers none of those versions. */
    public boolean offersNoneOf(List<String> accepted) {
        return !versions.isEmpty() && versions.stream().noneMatch(accepted::contains);
    }

    private static @Nullable String extensions(ByteBuffer bytes, List<String> versions, List<Integer> keyShares) {
        String server = null;
        while (bytes.remaining() > 3) {
            int kind = word(bytes);
            int length = word(bytes);
            if (length > bytes.remaining()) {
                return server;
            }
            ByteBuffer content = taken(bytes, length);
            if (kind == SUPPORTED_VERSIONS) {
                versions.clear();
                content.get();
                while (content.remaining() > 1) {
                    int version = word(content);
                    if (version >= SSL_3 && version <= TLS_1_3) {
                        versions.add(version(version));
                    }
                }
            } else if (kind == KEY_SHARE && content.remaining() > 1) {
                ByteBuffer shares = taken(content, word(content));
                while (shares.remaining() > 3) {
                    keyShares.add(word(shares));
                    taken(shares, word(shares));
                }
            } else if (kind == SERVER_NAME && content.remaining() > 5 && content.get(2) == 0) {
                content.position(3);
                ByteBuffer name = taken(content, Math.min(word(content), LONGEST_NAME));
                server = StandardCharsets.US_ASCII.decode(name).toString();
            }
        }
        return server;
    }

    private static String version(int number) {
        return switch (number) {
            case SSL_3 -> "SSLv3";
            case 0x0301 -> "TLSv1";
            case 0x0302 -> "TLSv1.1";
            case 0x0303 -> "TLSv1.2";
            case TLS_1_3 -> "TLSv1.3";
            default -> String.format("0x%04X", number);
        };
    }

    /** GREASE (RFC 8701), and what only says something about renegotiation and fallback (RFC 5746, RFC 7507). */
    private static boolean isSignal(int suite) {
        return ((suite & 0x0f0f) == 0x0a0a && suite >> 8 == (suite & 0xff)) || suite == 0x00ff || suite == 0x5600;
    }

    private static int word(ByteBuffer bytes) {
        return bytes.getShort() & 0xffff;
    }

    private static ByteBuffer taken(ByteBuffer bytes, int length) {
        ByteBuffer part = bytes.slice();
        part.limit(length);
        bytes.position(bytes.position() + length);
        return part;
    }
}

package io.countersign.doctor;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;

/**
 * The first message of a handshake (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2), with whatever a server may speak: JSSE offers
 * nothing that it would not go on with. With TLS 1.3 it brings no key share, so that the server says which group it would take.
 *
 * @param newest version, as on the wire; 1.3 is offered alone
 * @param sni the host's name; empty to leave it out
 */
record ClientHello(int newest, List<Integer> suites, List<Integer> groups, String sni) {
    static final int TLS_1_0 = 0x0301;
    static final int TLS_1_2 = 0x0303;
    static final int TLS_1_3 = 0x0304;

    private static final int[] SIGNATURES = {
        0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0807, 0x0808, 0x0401, 0x0501, 0x0601,
        0x081A, 0x081B, 0x081C, 0x0301, 0x0303, 0x0203, 0x0201, 0x0402
    };
    private static final int RANDOM = 32;
    private static final int RENEGOTIATION_INFO = 0x00FF;

    ClientHello withGroups(List<Integer> others) {
        return new ClientHello(newest, suites, others, sni);
    }

    ClientHello withSuites(List<Integer> others) {
        return new ClientHello(newest, others, groups, sni);
    }

    ClientHello withSni(String other) {
        return new ClientHello(newest, suites, groups, other);
    }

    /** As one record. */
    byte[] bytes() {
        Bytes hello = new Bytes().number(Math.min(newest, TLS_1_2), 2).bytes(random());
        hello.vector(1, new Bytes().bytes(newest == TLS_1_3 ? random() : new byte[0]));
        Bytes offered = new Bytes();
        suites.forEach(suite -> offered.number(suite, 2));
        offered.number(RENEGOTIATION_INFO, 2);
        hello.vector(2, offered).vector(1, new Bytes().number(0, 1)).vector(2, extensions());
        Bytes message = new Bytes().number(1, 1).vector(3, hello);
        return new Bytes().number(22, 1).number(TLS_1_0, 2).vector(2, message).toBytes();
    }

    private Bytes extensions() {
        Bytes extensions = new Bytes();
        if (!sni.isEmpty()) {
            Bytes name = new Bytes().number(0, 1).vector(2, new Bytes().bytes(sni.getBytes(StandardCharsets.US_ASCII)));
            extensions.number(0, 2).vector(2, new Bytes().vector(2, name));
        }
        Bytes curves = new Bytes();
        groups.forEach(group -> curves.number(group, 2));
        extensions.number(10, 2).vector(2, new Bytes().vector(2, curves));
        extensions.number(11, 2).vector(2, new Bytes().vector(1, new Bytes().number(0, 1)));
        Bytes signatures = new Bytes();
        for (int signature : SIGNATURES) {
            signatures.number(signature, 2);
        }
        extensions.number(13, 2).vector(2, new Bytes().vector(2, signatures));
        extensions.number(23, 2).vector(2, new Bytes());
        if (newest == TLS_1_3) {
            extensions.number(43, 2).vector(2, new Bytes().vector(1, new Bytes().number(TLS_1_3, 2)));
            extensions.number(51, 2).vector(2, new Bytes().vector(2, new Bytes()));
        }
        return extensions;
    }

    private static byte[] random() {
        byte[] random = new byte[RANDOM];
        new SecureRandom().nextBytes(random);
        return random;
    }

    /** What stands in messages: numbers, and vectors with their length before them. */
    private static final class Bytes {
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        Bytes number(int value, int length) {
            for (int i = length - 1; i >= 0; i--) {
                content.write(value >> (Byte.SIZE * i));
            }
            return this;
        }

        Bytes bytes(byte[] these) {
            content.writeBytes(these);
            return this;
        }

        Bytes vector(int lengthOfLength, Bytes inner) {
            return number(inner.content.size(), lengthOfLength).bytes(inner.toBytes());
        }

        byte[] toBytes() {
            return content.toByteArray();
        }
    }
}

package io.countersign.abuse;

import io.countersign.testing.Certified;
import java.io.ByteArrayOutputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Bytes, and certificates, that are other than they should be; the same for the same seed. */
final class Changed {
    private Changed() {}

    /** At least one is another, more, or less. */
    static byte[] bytes(byte[] these, Random random) {
        if (these.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        byte[] changed = these.clone();
        int at = random.nextInt(changed.length);
        switch (random.nextInt(6)) {
            case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> changed[at] ^= (byte) (1 + random.nextInt(255));
            case 2 -> changed = Arrays.copyOf(changed, at);
            case 3 -> changed = spliced(changed, at, new byte[1 + random.nextInt(64)]);
            case 4 -> changed = spliced(changed, at, Arrays.copyOfRange(changed, 0, at + 1));
            default -> {
                int length = Math.min(changed.length - at, 1 + random.nextInt(8));
                byte[] others = new byte[length];
                random.nextBytes(others);
                others[0] = (byte) ~changed[at];
                System.arraycopy(others, 0, changed, at, length);
            }
        }
        return changed;
    }

    private static byte[] spliced(byte[] bytes, int at, byte[] more) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(more);
        out.write(bytes, at, bytes.length - at);
        return out.toByteArray();
    }

    /** The same owner and key, with one certificate changed that counts, and perhaps others doubled. */
    static Certified of(Certified shown, Random random) {
        List<X509Certificate> chain = new ArrayList<>(shown.chain());
        int at = random.nextInt(Math.max(1, chain.size() - 1)); // not an authority that is known anyway
        X509Certificate one = chain.get(at);
        chain.set(at, new Encoded(one, bytes(encoded(one), random)));
        for (int more = random.nextInt(4); more > 0; more--) {
            chain.add(random.nextInt(chain.size() + 1), chain.get(random.nextInt(chain.size())));
        }
        return new Certified(shown.keys(), List.copyOf(chain));
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException unencodable) {
            throw new IllegalStateException(unencodable);
        }
    }
}

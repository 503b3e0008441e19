package io.countersign.tls;

import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.security.Security;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Which group keys are agreed upon in, where a caller brings a key for several (RFC 8446, 4.2.8). JSSE takes the first, mostly
 * X25519, in which native cryptography has no part: P-256 takes a fraction of its time. Nobody is asked for another key, which
 * would cost a round trip.
 */
public final class KeyShares {
    private static final int P_256 = 0x0017;
    private static final int X25519 = 0x001d;
    /** As the JDK does, once. */
    private static final boolean TAKEN =
            isTaken(System.getProperty("jdk.tls.namedGroups"), Security.getProperty("jdk.tls.disabledAlgorithms"));

    private KeyShares() {}

    /** Before the engine has seen the offer. */
    public static void choose(SSLEngine engine, ClientHello offer) {
        if (TAKEN
                && NativeCrypto.isPreferred()
                && offer.keyShares().contains(P_256)
                && offer.keyShares().contains(X25519)) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setAlgorithmConstraints(new WithoutX25519(parameters.getAlgorithmConstraints()));
            engine.setSSLParameters(parameters);
        }
    }

    /** Whether the JDK is left to take P-256: whoever has turned it off must not lose X25519 as well. */
    static boolean isTaken(@Nullable String groups, @Nullable String disabled) {
        return (groups == null || groups.isEmpty() || names(groups)) && (disabled == null || !names(disabled));
    }

    private static boolean names(String list) {
        return list.toLowerCase(Locale.ROOT).contains("secp256r1");
    }

    private record WithoutX25519(@Nullable AlgorithmConstraints others) implements AlgorithmConstraints {
        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, @Nullable AlgorithmParameters parameters) {
            return !"x25519".equalsIgnoreCase(algorithm)
                    && (others == null || others.permits(primitives, algorithm, parameters));
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
            return others == null || others.permits(primitives, key);
        }

        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, Key key, @Nullable AlgorithmParameters parameters) {
            return others == null || others.permits(primitives, algorithm, key, parameters);
        }
    }
}

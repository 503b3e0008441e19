package io.countersign.tls;

import java.io.IOException;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is too weak to prove who somebody is: keys under RSA-2048 and P-256, other kinds of key than RSA, EC and EdDSA,
 * and signatures over MD5 or SHA-1 (RFC 9155). Used for certificates, and as JSSE's constraints for the handshake's own
 * signatures. Fails closed: a key or signature that it does not know is too weak.
 */
public final class Strength implements AlgorithmConstraints {
    private static final int RSA_BITS = 2048;
    private static final int EC_BITS = 256;
    private static final Pattern STRONG_SIGNATURE =
            Pattern.compile("(?i)sha-?(256|384|512|512/256|3-256|3-384|3-512)(with[a-z0-9]+)?|ed25519|ed448|eddsa");
    private static final Pattern BROKEN_DIGEST = Pattern.compile("(^|[^a-z0-9])(md2|md5|sha-?1)($|[^0-9]|with)");

    private static final int MOST_ASKED = 200;
    private static final Map<String, Boolean> ASKED = new ConcurrentHashMap<>();

    /** @throws CertificateException naming what is too weak and what is accepted */
    public static void check(X509Certificate certificate) throws CertificateException {
        checkKey(certificate);
        checkSignature(
                "certificate " + Certificates.name(certificate),
                certificate.getSigAlgName(),
                certificate.getSigAlgParams());
    }

    /**
     * For what an authority has signed.
     *
     * @param what for the message
     * @param parameters of the algorithm, as DER
     */
    public static void checkSignature(String what, String algorithm, byte @Nullable [] parameters)
            throws CertificateException {
        String signature = signatureDigest(algorithm, parameters);
        if (!STRONG_SIGNATURE.matcher(signature).matches()) {
            throw new CertificateException(what + " is signed with " + signature + "; accepted: SHA-256 or better");
        }
    }

    /** For a trust anchor, whose own signature nobody relies on. */
    public static void checkKey(X509Certificate certificate) throws CertificateException {
        String weakness = weakness(certificate.getPublicKey());
        if (weakness != null) {
            throw new CertificateException("certificate " + Certificates.name(certificate) + " " + weakness);
        }
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives, String algorithm, @Nullable AlgorithmParameters parameters) {
        return !primitives.contains(CryptoPrimitive.SIGNATURE) || isStrong(algorithm);
    }

    /** Keys here are also those of key agreement, which JSSE sizes itself. */
    @Override
    public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
        return !primitives.contains(CryptoPrimitive.SIGNATURE) || weakness(key) == null;
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives, String algorithm, Key key, @Nullable AlgorithmParameters parameters) {
        return permits(primitives, algorithm, parameters) && permits(primitives, key);
    }

    private static @Nullable String weakness(Key key) {
        if (key instanceof RSAKey rsa) {
            int bits = rsa.getModulus().bitLength();
            return bits < RSA_BITS ? "has an RSA key of " + bits + " bits; accepted: " + RSA_BITS + " or more" : null;
        }
        if (key instanceof ECKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            return bits < EC_BITS ? "has an EC key of " + bits + " bits; accepted: P-256 or more" : null;
        }
        if (key instanceof EdECKey
                || (key instanceof PublicKey && key.getAlgorithm().startsWith("Ed"))) {
            return null;
        }
        return "has a key of kind " + key.getAlgorithm() + "; accepted: RSA, EC, EdDSA";
    }

    /** Each handshake asks for all that JSSE has, again and again; what certificates name may be anything. */
    private static boolean isStrong(String algorithm) {
        Boolean known = ASKED.get(algorithm);
        if (known == null) {
            known = !BROKEN_DIGEST
                    .matcher(algorithm.toLowerCase(Locale.ROOT).replace('_', '-'))
                    .find();
            if (ASKED.size() < MOST_ASKED) {
                ASKED.put(algorithm, known);
            }
        }
        return known;
    }

    private static String signatureDigest(String algorithm, byte @Nullable [] parameters) {
        if (!"RSASSA-PSS".equals(algorithm) || parameters == null) {
            return algorithm;
        }
        try {
            AlgorithmParameters pss = AlgorithmParameters.getInstance("RSASSA-PSS");
            pss.init(parameters);
            return pss.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
        } catch (IOException | InvalidParameterSpecException unreadable) {
            return "SHA-1";
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}

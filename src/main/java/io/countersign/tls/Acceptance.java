package io.countersign.tls;

import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/** What others accept of an {@link Identity} of ours, whoever issued it; what they would refuse is better not shown. */
public final class Acceptance {
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";

    private Acceptance() {}

    /** @throws KeyMaterialException where clients would refuse it: too weak, or not for TLS servers */
    static void asServer(Path file, Identity identity) throws KeyMaterialException {
        check(file, identity, Certificates.SERVER_AUTH, "servers", "serverAuth");
    }

    /** @throws KeyMaterialException where servers would refuse it: too weak, or not for TLS clients */
    public static void asClient(Path file, Identity identity) throws KeyMaterialException {
        check(file, identity, Certificates.CLIENT_AUTH, "clients", "clientAuth");
    }

    /** Whether clients can find the host in it that they dialled; a common name does not count (RFC 9525, 2). */
    static boolean namesHosts(Identity identity) {
        return identity.certificate().getExtensionValue(ALTERNATIVE_NAMES) != null;
    }

    private static void check(Path file, Identity identity, String purpose, String whom, String word)
            throws KeyMaterialException {
        X509Certificate leaf = identity.certificate();
        try {
            for (X509Certificate certificate : identity.chain()) {
                if (Certificates.isSelfSigned(certificate)) {
                    Strength.checkKey(certificate);
                } else {
                    Strength.check(certificate);
                }
            }
            if (!Certificates.allows(leaf, purpose)) {
                boolean[] usage = leaf.getKeyUsage();
                throw new CertificateException("certificate " + Certificates.name(leaf) + " is not for TLS " + whom
                        + ": its purposes are "
                        + (leaf.getExtendedKeyUsage() == null ? "not listed" : leaf.getExtendedKeyUsage())
                        + ", its key usage "
                        + (usage == null ? "is not listed" : (usage[0] ? "has" : "lacks") + " digitalSignature")
                        + "; accepted: purposes with " + word + " (" + purpose
                        + ") or none listed, key usage with digitalSignature or none listed");
            }
        } catch (CertificateException refused) {
            throw new KeyMaterialException(file, "cannot be used: " + refused.getMessage(), refused);
        }
    }
}

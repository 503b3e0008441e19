package io.countersign.tls;

import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The authorities of the public web, which browsers trust, and which give out certificates for TLS servers only: those under
 * Chrome's roots none for clients from 15 March 2027 on (Chrome Root Program Policy 1.8, section 1.3.2). Many stopped in
 * 2026, before the date that the policy had in its version 1.6 (15 June 2026, section 3.2.2).
 */
public final class PublicAuthorities {
    /** The CA/Browser Forum's: domain, organization and individual validated, extended validation. */
    private static final Set<String> POLICIES =
            Set.of("2.23.140.1.2.1", "2.23.140.1.2.2", "2.23.140.1.2.3", "2.23.140.1.1");

    /** Signed certificate timestamps (RFC 6962, 3.3): the certificate is in the public logs. */
    private static final String TIMESTAMPS = "1.3.6.1.4.1.11129.2.4.2";

    private PublicAuthorities() {}

    /** Whether one of them issued the certificate, by what the certificate says of itself; for advice, not for trust. */
    public static boolean issued(X509Certificate certificate) {
        if (certificate.getExtensionValue(TIMESTAMPS) != null) {
            return true;
        }
        try {
            Extensions extensions = new X509CertificateHolder(certificate.getEncoded()).getExtensions();
            CertificatePolicies policies = extensions == null ? null : CertificatePolicies.fromExtensions(extensions);
            return policies != null
                    && Arrays.stream(policies.getPolicyInformation())
                            .anyMatch(policy -> POLICIES.contains(
                                    policy.getPolicyIdentifier().getId()));
        } catch (IOException | CertificateEncodingException | IllegalArgumentException unreadable) {
            return false;
        }
    }
}

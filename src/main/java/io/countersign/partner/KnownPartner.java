package io.countersign.partner;

import io.countersign.address.AddressCheck;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Dated;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A partner whose file has been checked. Exactly one of {@link #pins} and {@link #name} identifies it; {@link #authorities}
 * is empty where any authority of the shared trust may issue its certificates.
 *
 * @param maxSize bytes
 * @param dated what of it ends at some time
 */
public record KnownPartner(
        String id,
        boolean enabled,
        AddressCheck addresses,
        long maxSize,
        PartnerLimits limits,
        List<Pin> pins,
        Set<Authority> authorities,
        List<X509Certificate> authorityCertificates,
        @Nullable CertificateName name,
        PartnerServer server,
        List<Dated> dated) {
    /** The same, refused. */
    public KnownPartner switchedOff() {
        return new KnownPartner(
                id, false, addresses, maxSize, limits, pins, authorities, authorityCertificates, name, server, dated);
    }
}

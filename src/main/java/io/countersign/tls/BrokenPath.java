package io.countersign.tls;

import io.countersign.tls.Authorities.Authority;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/** Why no path was found, in plain words, for the operator; the JDK's builder says only that there is none. */
final class BrokenPath {
    /** @param isUnknown whether nothing is wrong but that whoever issued it is not trusted here */
    record Reason(String words, boolean isUnknown) {
        private static Optional<Reason> wrong(String words) {
            return Optional.of(new Reason(words, false));
        }

        private static Optional<Reason> unknown(String words) {
            return Optional.of(new Reason(words, true));
        }
    }

    private BrokenPath() {}

    /** Names the first certificate on the way up that does not hold, where it is one of the common causes. */
    static Optional<Reason> reason(List<X509Certificate> shown, Authorities anchors, Instant now) {
        X509Certificate below = shown.get(0);
        for (int step = 0; step < shown.size(); step++) {
            X500Principal issuer = below.getIssuerX500Principal();
            if (Certificates.isSelfSigned(below)) {
                return anchors.contains(Authority.of(below))
                        ? Optional.empty()
                        : Reason.unknown(
                                Certificates.name(below) + " is self-signed and not among the trusted authorities");
            }
            List<X509Certificate> named = Stream.concat(
                            anchors.named(issuer).stream(),
                            shown.stream()
                                    .filter(other ->
                                            other.getSubjectX500Principal().equals(issuer)))
                    .toList();
            if (named.isEmpty()) {
                return Reason.wrong("the certificate of " + Certificates.name(issuer) + ", which issued "
                        + Certificates.name(below) + ", was not shown");
            }
            X509Certificate signed = below;
            Optional<X509Certificate> above = named.stream()
                    .filter(candidate -> Certificates.isSignedBy(signed, candidate.getPublicKey()))
                    .findFirst();
            if (above.isEmpty()) {
                return Reason.unknown("the signature of " + Certificates.name(below) + " is not by the key of "
                        + Certificates.name(issuer));
            }
            if (!Certificates.isAuthority(above.get())) {
                return Reason.wrong(Certificates.name(issuer) + ", which issued " + Certificates.name(below)
                        + ", is not an authority");
            }
            try {
                Certificates.checkDates(above.get(), now);
            } catch (CertificateException notNow) {
                return Reason.wrong(String.valueOf(notNow.getMessage()));
            }
            below = above.get();
        }
        return Optional.empty();
    }
}

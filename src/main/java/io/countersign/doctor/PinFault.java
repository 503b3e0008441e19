package io.countersign.doctor;

import io.countersign.tls.Certificates;
import io.countersign.tls.ServerTrust;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Which pinned certificate is the nearest to one that is not pinned, and what differs. */
final class PinFault {
    private static final int SUFFIX = 4;

    private final Call call;
    private final ServerTrust trust;

    PinFault(Call call) {
        this.call = call;
        this.trust = call.terms().tls().trust();
    }

    /** None where no pin is near, and there are authorities to look at. */
    Optional<Cause> near(X509Certificate leaf) {
        List<X509Certificate> pins = trust.pins().stream()
                .filter(pin -> !Certificates.isAuthority(pin))
                .toList();
        Optional<X509Certificate> sameKey = pins.stream()
                .filter(pin -> pin.getPublicKey().equals(leaf.getPublicKey()))
                .findFirst();
        if (sameKey.isPresent()) {
            return Optional.of(new Cause(
                    "the server shows a new certificate with the same key as the one that is pinned: it was renewed, until "
                            + leaf.getNotAfter().toInstant() + "; the pinned one has fingerprint "
                            + Certificates.fingerprint(sameKey.get()),
                    "we put the new certificate (SHA-256 " + Certificates.fingerprint(leaf) + ") into "
                            + call.trustedBy()
                            + " beside the old one, once the partner has confirmed the fingerprint by another way"));
        }
        Optional<X509Certificate> sameName = pins.stream()
                .filter(pin -> pin.getSubjectX500Principal().equals(leaf.getSubjectX500Principal())
                        && pin.getIssuerX500Principal().equals(leaf.getIssuerX500Principal()))
                .findFirst();
        if (sameName.isPresent()) {
            return Optional.of(new Cause(
                    "the server's certificate has the subject and issuer of the pinned one, and another key: its pin ends in …"
                            + end(sameName.get()) + ", this one in …" + end(leaf),
                    ChainFault.TELL + "; if so, we put the new certificate (SHA-256 " + Certificates.fingerprint(leaf)
                            + ") into " + call.trustedBy() + ", and if not, somebody else answers in its place"));
        }
        return pins.isEmpty() || !trust.authorities().certificates().isEmpty()
                ? Optional.empty()
                : Optional.of(new Cause(
                        "the server's certificate " + Certificates.name(leaf) + " is not the pinned one; pinned is "
                                + Certificates.name(pins.get(0)) + " ending in …" + end(pins.get(0))
                                + ", this one ends in …"
                                + end(leaf),
                        ChainFault.TELL + "; if so, we put this certificate (SHA-256 " + Certificates.fingerprint(leaf)
                                + ") into " + call.trustedBy()));
    }

    static String end(X509Certificate certificate) {
        String fingerprint = Certificates.fingerprint(certificate);
        return fingerprint.substring(fingerprint.length() - SUFFIX);
    }
}

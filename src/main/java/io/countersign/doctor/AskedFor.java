package io.countersign.doctor;

import io.countersign.doctor.Finding.Mark;
import io.countersign.tls.Certificates;
import io.countersign.tls.Identity;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Whether the server asks for a certificate, for which, and whether ours fits that. */
final class AskedFor {
    private static final String STEP = "what it asks for";
    private static final int MOST_TOLD = 20;

    private final Call call;
    private final Identity ours;
    private final Look look;

    AskedFor(Call call, Look look) {
        this.call = call;
        this.ours = call.terms().tls().identity();
        this.look = look;
    }

    Finding judge(Instant now) {
        Look.Request request = look.request();
        if (request == null) {
            return Finding.warning(
                    STEP,
                    "no certificate of ours",
                    new Cause(
                            "the server asks for no certificate: this is no two-way TLS, and it does not know us by one",
                            "if the partner is to know us by our certificate, it lets its server ask for one"));
        }
        List<String> names =
                request.authorities().stream().map(Certificates::name).toList();
        String seen = "a certificate"
                + (names.isEmpty()
                        ? ", of any authority"
                        : " under one of " + names.size() + (names.size() == 1 ? " authority" : " authorities"))
                + ", with a key of " + String.join(", ", request.keyTypes());
        List<String> details = new ArrayList<>();
        names.stream().limit(MOST_TOLD).forEach(details::add);
        if (names.size() > MOST_TOLD) {
            details.add("and " + (names.size() - MOST_TOLD) + " more");
        }
        Finding finding = Finding.ok(STEP, seen + "; ours fits");
        Cause unusable = unusable(request, now);
        Cause unlisted = unusable == null ? unlisted(request.authorities()) : null;
        if (unusable != null) {
            finding = Finding.failed(STEP, seen, unusable);
        } else if (unlisted != null) {
            finding = new Finding(Mark.WARNING, STEP, seen, List.of(), unlisted.wrong(), unlisted.remedy());
        }
        return finding.with(details);
    }

    private @Nullable Cause unusable(Look.Request request, Instant now) {
        X509Certificate certificate = ours.certificate();
        String name = "our certificate " + Certificates.name(certificate);
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            return new Cause(
                    name + " expired " + ChainFault.span(until, now) + " ago, on " + until,
                    "we renew it ('countersign certs request'), and the partner gets the new one where it pins");
        }
        if (now.isBefore(from)) {
            return new Cause(
                    name + " is valid only from " + from + ", in " + ChainFault.span(now, from) + "; it is now " + now
                            + " here",
                    "we set our clock, or wait until then");
        }
        if (!isForClients(certificate)) {
            return new Cause(
                    name + " is not for TLS clients: its purposes lack clientAuth, or its key usage digitalSignature",
                    "we get one with the purpose clientAuth ('countersign certs request' asks for it), for"
                            + " countersign.certificate or for this partner alone (certificate and key in its file)");
        }
        String kind = ours.key().getAlgorithm();
        return request.keyTypes().isEmpty() || request.keyTypes().contains(kind)
                ? null
                : new Cause(
                        name + " has a key of kind " + kind + ", which the server does not take; it takes "
                                + String.join(", ", request.keyTypes()),
                        "the partner allows this kind of key, or we get a certificate with another for this partner"
                                + " (certificate and key in its file)");
    }

    private static boolean isForClients(X509Certificate certificate) {
        try {
            return Certificates.allowsClientAuthentication(certificate);
        } catch (CertificateException unreadable) {
            return false;
        }
    }

    /** A server may accept what it does not name; so this alone is no failure. */
    private @Nullable Cause unlisted(List<X500Principal> authorities) {
        if (authorities.isEmpty() || stands(ours.chain(), authorities)) {
            return null;
        }
        X509Certificate last = ours.chain().get(ours.chain().size() - 1);
        List<X509Certificate> above = new ArrayList<>();
        for (X509Certificate below = last; below != null; ) {
            X509Certificate signed = below;
            below = call.known().stream()
                    .filter(other ->
                            !above.contains(other) && !other.equals(signed) && ChainFault.isIssuedBy(signed, other))
                    .findFirst()
                    .orElse(null);
            if (below != null) {
                above.add(below);
            }
        }
        if (stands(above, authorities)) {
            return new Cause(
                    "our chain is incomplete: the authorities that the server names stand above "
                            + Certificates.name(last.getIssuerX500Principal()) + ", whose certificate we do not send",
                    "we append that certificate to the file of ours that is shown (chain first to last)");
        }
        return new Cause(
                "the server asks for a certificate of other authorities than ours; ours is issued by "
                        + ours.chain().stream()
                                .map(one -> Certificates.name(one.getIssuerX500Principal()))
                                .distinct()
                                .collect(Collectors.joining(", under ")),
                "the partner adds our authority to those that its server trusts for clients; or we get a certificate from"
                        + " one of those that it names, for this partner alone (certificate and key in its file)");
    }

    private static boolean stands(List<X509Certificate> chain, List<X500Principal> authorities) {
        return chain.stream()
                .anyMatch(one -> authorities.contains(one.getIssuerX500Principal())
                        || authorities.contains(one.getSubjectX500Principal()));
    }
}

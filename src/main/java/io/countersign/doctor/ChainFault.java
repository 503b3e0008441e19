package io.countersign.doctor;

import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Certificates;
import io.countersign.tls.ServerCertificateException;
import io.countersign.tls.ServerTrust;
import io.countersign.tls.Strength;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.jspecify.annotations.Nullable;

/** Why a server's certificates are not trusted: the first that does not hold on the way up, and what there is nearest to it. */
final class ChainFault {
    private static final int CERT_SIGN = 5;
    static final String TELL = "ask the partner by another way whether that is right";

    private final List<X509Certificate> shown;
    private final Call call;
    private final ServerTrust trust;
    private final Instant now;

    ChainFault(List<X509Certificate> shown, Call call, Instant now) {
        this.shown = shown;
        this.call = call;
        this.trust = call.terms().tls().trust();
        this.now = now;
    }

    Cause cause(ServerCertificateException refused) {
        X509Certificate leaf = shown.get(0);
        return dates("the server's certificate", leaf, false)
                .or(() -> strength("the server's certificate", leaf))
                .or(() -> new PinFault(call).near(leaf))
                .or(() -> up(leaf))
                .or(() -> purpose(leaf))
                .orElseGet(() -> new Cause(
                        String.valueOf(refused.getMessage()),
                        "the partner and we compare its certificates with the trust"));
    }

    /** Where the first is the authority of another, no trust makes it the server's own. */
    static Optional<Cause> authorityFirst(List<X509Certificate> shown) {
        X509Certificate first = shown.get(0);
        return Certificates.isAuthority(first)
                        && shown.stream().skip(1).anyMatch(other -> isIssuedBy(other, first) && !other.equals(first))
                ? Optional.of(new Cause(
                        "the chain is in the wrong order: the first certificate is that of the authority "
                                + Certificates.name(first) + ", which issued one that follows",
                        "the partner puts the server's own certificate first in the file of its server, its issuers after"
                                + " it"))
                : Optional.empty();
    }

    /** @param ours whether it is in our trust, and for us to renew */
    private Optional<Cause> dates(String what, X509Certificate certificate, boolean ours) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        String name = what + " " + Certificates.name(certificate);
        if (now.isAfter(until)) {
            return Optional.of(new Cause(
                    name + " expired " + span(until, now) + " ago, on " + until,
                    ours
                            ? "we get the authority's present certificate from " + call.theirs()
                                    + " by another way and put it into " + call.trustedBy()
                            : "the partner renews it"
                                    + (trust.pins().contains(certificate)
                                            ? ", and we put the new one into " + call.trustedBy()
                                            : "")));
        }
        if (now.isBefore(from)) {
            return Optional.of(new Cause(
                    name + " is valid only from " + from + ", in " + span(now, from)
                            + ": either it is too new or our clock is wrong: it is now "
                            + now.truncatedTo(ChronoUnit.SECONDS) + " here",
                    "we set the clock of this machine, if that is not the time; else the partner waits, or gets one that is"
                            + " valid already"));
        }
        return Optional.empty();
    }

    static String span(Instant from, Instant to) {
        Duration span = Duration.between(from, to);
        return span.toDays() > 1
                ? span.toDays() + " days"
                : span.toHours() > 1 ? span.toHours() + " hours" : span.toMinutes() + " minutes";
    }

    private static Optional<Cause> strength(String what, X509Certificate certificate) {
        try {
            Strength.check(certificate);
            return Optional.empty();
        } catch (CertificateException weak) {
            return Optional.of(weak(what, weak));
        }
    }

    private static Cause weak(String what, CertificateException weak) {
        return new Cause(
                what + " is too weak: " + weak.getMessage(),
                "the partner gets one with a key of RSA-2048, P-256 or more, signed with SHA-256 or better");
    }

    private Optional<Cause> up(X509Certificate leaf) {
        X509Certificate below = leaf;
        for (int between = 0; between <= shown.size(); between++) {
            if (Certificates.isSelfSigned(below)) {
                return trust.authorities().contains(Authority.of(below))
                        ? Optional.empty()
                        : Optional.of(selfSigned(below, below.equals(leaf)));
            }
            X509Certificate signed = below;
            X509Certificate anchor = trust.authorities().issuer(below);
            if (anchor != null) {
                return anchor(anchor);
            }
            X509Certificate above = shown.stream()
                    .filter(other -> isIssuedBy(signed, other) && !other.equals(signed))
                    .findFirst()
                    .orElse(null);
            if (above == null) {
                return Optional.of(noIssuer(below));
            }
            Optional<Cause> wrong = issuer(above, below, between);
            if (wrong.isPresent()) {
                return wrong;
            }
            below = above;
        }
        return Optional.empty();
    }

    private Optional<Cause> anchor(X509Certificate anchor) {
        Optional<Cause> dates = dates("the trusted authority", anchor, true);
        if (dates.isPresent()) {
            // Another certificate of the same authority may be valid.
            return trust.authorities().named(anchor.getSubjectX500Principal()).stream()
                            .anyMatch(other -> Authority.of(other).equals(Authority.of(anchor))
                                    && dates("", other, true).isEmpty())
                    ? Optional.empty()
                    : dates;
        }
        try {
            Strength.checkKey(anchor);
            return Optional.empty();
        } catch (CertificateException weak) {
            return Optional.of(weak("the trusted authority", weak));
        }
    }

    /** What a certificate must have that stands above another. */
    private Optional<Cause> issuer(X509Certificate above, X509Certificate below, int between) {
        String whose = Certificates.name(above) + ", which issued " + Certificates.name(below) + ",";
        boolean[] usage = above.getKeyUsage();
        if (!Certificates.isAuthority(above)) {
            return Optional.of(
                    new Cause(
                            whose + " is not an authority: its basicConstraints lack CA:TRUE",
                            "the partner gets its certificate from a real authority, or a new one for this authority with CA:TRUE"));
        }
        if (usage != null && !usage[CERT_SIGN]) {
            return Optional.of(new Cause(
                    whose + " may not issue certificates: its key usage lacks keyCertSign",
                    "the partner gets a certificate for this authority whose key usage has keyCertSign"));
        }
        if (above.getBasicConstraints() < between) {
            return Optional.of(new Cause(
                    whose + " allows no more than " + above.getBasicConstraints()
                            + " authorities below it (path length), and there are " + between,
                    "the partner gets its certificate under an authority that may have this many below it"));
        }
        return dates("the intermediate authority", above, false)
                .or(() -> strength("the intermediate authority", above));
    }

    private Cause selfSigned(X509Certificate certificate, boolean isLeaf) {
        List<X509Certificate> named = trust.authorities().named(certificate.getSubjectX500Principal());
        if (!isLeaf && !named.isEmpty()) {
            return otherKey(certificate.getSubjectX500Principal(), named.get(0), certificate);
        }
        return isLeaf
                ? new Cause(
                        "the server's certificate " + Certificates.name(certificate)
                                + " is self-signed, and not pinned in " + call.trustedBy(),
                        "we pin it in serverTrust of the partner's file, once the partner has confirmed its fingerprint (SHA-256 "
                                + Certificates.fingerprint(certificate)
                                + ") by another way; or the partner gets one from an"
                                + " authority that we trust")
                : unknown(Certificates.name(certificate), certificate);
    }

    private Cause unknown(String authority, @Nullable X509Certificate certificate) {
        String elsewhere = certificate != null && isKnown(certificate) ? "; it is in other files of ours" : "";
        return new Cause(
                "the server's certificate is issued under " + authority + ", an authority that is not in "
                        + call.trustedBy() + elsewhere + "; there are: " + trusted(),
                "if the partner confirms that this is its authority, we put the authority's certificate"
                        + (certificate == null ? "" : " (SHA-256 " + Certificates.fingerprint(certificate) + ")")
                        + " into " + call.trustedBy() + ", fetched by another way than this connection");
    }

    private static Cause otherKey(X500Principal name, X509Certificate ours, @Nullable X509Certificate theirs) {
        return new Cause(
                "an authority of the same name is trusted here, with another key: " + Certificates.name(name)
                        + " of ours ends in …" + PinFault.end(ours)
                        + (theirs == null ? ", and has not signed this" : ", the server's in …" + PinFault.end(theirs)),
                TELL
                        + ": whether its authority has a new key. If so, we get the new certificate of the authority by another"
                        + " way and put it beside the old one; if not, somebody imitates it");
    }

    private Cause noIssuer(X509Certificate below) {
        X500Principal issuer = below.getIssuerX500Principal();
        String name = Certificates.name(issuer);
        List<X509Certificate> named = trust.authorities().named(issuer);
        if (!named.isEmpty()) {
            return otherKey(issuer, named.get(0), null);
        }
        Optional<X509Certificate> known =
                call.known().stream().filter(other -> isIssuedBy(below, other)).findFirst();
        if (known.isPresent() && trust.authorities().issuer(known.get()) != null) {
            return missing(
                    below,
                    "we have it in other files of ours, and its own issuer "
                            + Certificates.name(known.get().getIssuerX500Principal()) + " is trusted");
        }
        if (known.isPresent()) {
            return unknown(name, known.get());
        }
        Optional<X509Certificate> near = trust.authorities().certificates().stream()
                .filter(other -> organization(other.getSubjectX500Principal()).isPresent()
                        && organization(other.getSubjectX500Principal()).equals(organization(issuer)))
                .findFirst();
        if (near.isPresent()) {
            return missing(
                    below,
                    "perhaps under " + Certificates.name(near.get())
                            + ", which is trusted and of the same organization");
        }
        return shown.size() == 1 || !fetched(below).isEmpty() ? oneOrTheOther(below) : unknown(name, null);
    }

    private Cause missing(X509Certificate below, String more) {
        return new Cause(
                "an intermediate certificate is missing: " + Certificates.name(below.getIssuerX500Principal())
                        + ", which issued " + Certificates.name(below) + ", is not shown (" + more + ")"
                        + fetched(below),
                "the partner lets its server show the whole chain: its own certificate, then each issuer, without the root");
    }

    /** A single certificate of an issuer that nobody knows here tells no more. */
    private Cause oneOrTheOther(X509Certificate below) {
        String name = Certificates.name(below.getIssuerX500Principal());
        return new Cause(
                "the server's certificate is issued by " + name + ", which is neither shown nor in " + call.trustedBy()
                        + fetched(below) + "; there are: " + trusted(),
                "if " + name + " is an intermediate authority, the partner lets its server show it too; if it is the"
                        + " partner's root, we put it into " + call.trustedBy() + ", fetched by another way");
    }

    private String trusted() {
        List<String> names = Stream.concat(trust.authorities().certificates().stream(), trust.pins().stream())
                .map(Certificates::name)
                .distinct()
                .limit(5)
                .toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private static Optional<String> organization(X500Principal name) {
        return Stream.of(name.getName().split(","))
                .filter(part -> part.startsWith("O="))
                .findFirst();
    }

    private boolean isKnown(X509Certificate certificate) {
        return call.known().contains(certificate);
    }

    /** Where a certificate says that its issuer's can be had (RFC 5280, 4.2.2.1). */
    private static String fetched(X509Certificate certificate) {
        try {
            AuthorityInformationAccess access = AuthorityInformationAccess.fromExtensions(
                    new JcaX509CertificateHolder(certificate).getExtensions());
            List<String> urls = new ArrayList<>();
            if (access != null) {
                for (AccessDescription description : access.getAccessDescriptions()) {
                    if (description.getAccessMethod().equals(AccessDescription.id_ad_caIssuers)) {
                        urls.add(description.getAccessLocation().getName().toString());
                    }
                }
            }
            return urls.isEmpty() ? "" : "; the certificate says where to get it: " + String.join(", ", urls);
        } catch (CertificateException | IllegalArgumentException unreadable) {
            return "";
        }
    }

    private static Optional<Cause> purpose(X509Certificate leaf) {
        try {
            if (Certificates.allows(leaf, Certificates.SERVER_AUTH)) {
                return Optional.empty();
            }
            List<String> purposes = leaf.getExtendedKeyUsage();
            boolean listed = purposes == null || purposes.contains(Certificates.SERVER_AUTH);
            return Optional.of(new Cause(
                    "the server's certificate " + Certificates.name(leaf) + " is not for TLS servers: "
                            + (listed
                                    ? "its key usage lacks digitalSignature"
                                    : "its purposes lack serverAuth"
                                            + (purposes == null ? "" : ", and are " + words(purposes))),
                    "the partner gets a certificate with the purpose serverAuth and the key usage digitalSignature, or we pin"
                            + " this one in serverTrust"));
        } catch (CertificateException unreadable) {
            return Optional.of(new Cause(
                    "the purposes of the server's certificate cannot be read: " + unreadable.getMessage(),
                    "the partner gets another certificate"));
        }
    }

    private static String words(List<String> purposes) {
        return String.join(", ", purposes).replace(Certificates.CLIENT_AUTH, "clientAuth");
    }

    static boolean isIssuedBy(X509Certificate certificate, X509Certificate issuer) {
        return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
                && Certificates.isSignedBy(certificate, issuer.getPublicKey());
    }
}

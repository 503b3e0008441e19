package io.countersign.doctor;

import io.countersign.address.Addresses;
import io.countersign.tls.CallerTls;
import io.countersign.tls.Certificates;
import io.countersign.tls.Issued;
import io.countersign.tls.RevocationException;
import io.countersign.tls.ServerCertificateException;
import io.countersign.tls.ServerName;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the server has shown: its chain and the trust in it, its host's name, and whether it was revoked. */
final class ServerCheck {
    private static final String CHAIN = "server's chain";
    private static final String HOST = "host name";
    private static final String REVOCATION = "revocation";

    private final Call call;
    private final CallerTls tls;
    private final List<X509Certificate> shown;
    private final List<byte[]> stapled;
    private @Nullable List<Issued> path;

    ServerCheck(Call call, Look look) {
        this.call = call;
        this.tls = call.terms().tls();
        this.shown = look.chain();
        this.stapled = look.stapled();
    }

    Finding chain() {
        List<String> details = IntStream.range(0, shown.size())
                .mapToObj(i -> (i + 1) + " " + described(shown.get(i)))
                .toList();
        String many = shown.size() == 1 ? "1 certificate" : shown.size() + " certificates";
        Optional<Cause> upsideDown = ChainFault.authorityFirst(shown);
        if (upsideDown.isPresent()) {
            return Finding.failed(CHAIN, many, upsideDown.get()).with(details);
        }
        try {
            path = tls.trust()
                    .check(
                            shown.toArray(X509Certificate[]::new),
                            "",
                            tls.clock().instant());
        } catch (ServerCertificateException refused) {
            return Finding.failed(
                            CHAIN,
                            many + ", not trusted under " + call.trustedBy(),
                            new ChainFault(shown, call, tls.clock().instant()).cause(refused))
                    .with(details);
        }
        String seen = many + ", " + (tls.trust().pins().contains(shown.get(0)) ? "pinned in " : "trusted under ")
                + call.trustedBy();
        Cause untidy = untidy();
        return (untidy == null ? Finding.ok(CHAIN, seen) : Finding.warning(CHAIN, seen, untidy)).with(details);
    }

    private static String described(X509Certificate certificate) {
        return Certificates.name(certificate)
                + (Certificates.isSelfSigned(certificate)
                        ? ", self-signed"
                        : " by " + Certificates.name(certificate.getIssuerX500Principal()))
                + ", until " + certificate.getNotAfter().toInstant() + ", SHA-256 "
                + Certificates.fingerprint(certificate);
    }

    /** What works here and may fail elsewhere; a root at the end is usual. */
    private @Nullable Cause untidy() {
        List<X509Certificate> ordered = new ArrayList<>(List.of(shown.get(0)));
        boolean more = true;
        while (more) {
            X509Certificate last = ordered.get(ordered.size() - 1);
            more = shown.stream()
                    .filter(other -> !ordered.contains(other) && ChainFault.isIssuedBy(last, other))
                    .findFirst()
                    .map(ordered::add)
                    .isPresent();
        }
        String tidy = "the partner lets its server show its own certificate first, then each issuer, and nothing else";
        List<String> superfluous = shown.stream()
                .filter(other -> !ordered.contains(other))
                .map(Certificates::name)
                .toList();
        if (!superfluous.isEmpty() && !tls.trust().pins().contains(shown.get(0))) {
            return new Cause(
                    "the server shows certificates that its own does not need: " + String.join(", ", superfluous),
                    tidy);
        }
        return !ordered.equals(shown.stream().distinct().toList().subList(0, ordered.size()))
                ? new Cause(
                        "the certificates are in the wrong order; that works with us, who may sort them (RFC 8446, 4.4.2),"
                                + " and not with every caller",
                        tidy)
                : null;
    }

    Finding host() {
        X509Certificate leaf = shown.get(0);
        List<String> names = ServerName.names(leaf);
        String told = names.isEmpty() ? "no host" : String.join(", ", names);
        String host = call.host();
        if (!tls.verifyHost()) {
            return Finding.none(HOST, "not looked at (verifyHost: false); the certificate names " + told);
        }
        if (ServerName.isNamed(host, leaf)) {
            return Finding.ok(HOST, host + " is named by the certificate: " + told);
        }
        return Finding.failed(
                HOST,
                "the certificate names " + told,
                new Cause(
                        "the server's certificate does not name " + host + "; it names " + told
                                + why(host, leaf, names),
                        "the partner gets a certificate that has " + host + " among its subject alternative names"
                                + (names.isEmpty()
                                        ? ""
                                        : ", or we use in the url a name that it has, if it is the same server")
                                + "; only where that cannot be, verifyHost: false in the partner's file, with the"
                                + " certificate pinned"));
    }

    private static String why(String host, X509Certificate leaf, List<String> names) {
        if (Reach.isAddress(host)) {
            return " (the url has an address, and an address must be named as such: IP:"
                    + Addresses.format(Addresses.parse(host)) + ")";
        }
        String dialled = host.toLowerCase(Locale.ROOT);
        if (names.stream()
                .anyMatch(name -> name.startsWith("*.")
                        && dialled.endsWith(name.substring(1).toLowerCase(Locale.ROOT)))) {
            return " (a wildcard stands for one label, not for several)";
        }
        return leaf.getSubjectX500Principal()
                        .getName()
                        .toLowerCase(Locale.ROOT)
                        .matches("(.*,)?cn=" + java.util.regex.Pattern.quote(dialled) + "(,.*)?")
                ? " (it has the name as its common name only, which does not count: RFC 9525)"
                : "";
    }

    Finding revocation() {
        if (path == null) {
            throw new IllegalStateException("the chain does not hold");
        }
        try {
            tls.revocation().check(path, stapled);
            return path.isEmpty()
                    ? Finding.none(REVOCATION, "nobody can be asked about this certificate")
                    : Finding.ok(
                            REVOCATION,
                            path.size() + " asked about, as far as they name whom to ask; none is revoked"
                                    + (stapled.isEmpty() ? "" : " (the server brought an OCSP answer along)"));
        } catch (RevocationException refused) {
            return Finding.failed(
                    REVOCATION,
                    refused.isRevoked() ? "revoked" : "not known",
                    refused.isRevoked()
                            ? new Cause(
                                    "a certificate of the server was revoked: " + refused.getMessage(),
                                    "the partner gets a new certificate; until then nothing is sent there")
                            : new Cause(
                                    String.valueOf(refused.getMessage()),
                                    "we let this machine reach what is named there, or put a fresh revocation list beside the"
                                            + " authority in countersign.trust; countersign.revocation-unknown = allow goes on"
                                            + " without"));
        }
    }
}

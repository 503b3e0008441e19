package io.countersign.partner;

import io.countersign.address.AllowedAddresses;
import io.countersign.refusal.Code;
import io.countersign.refusal.Nearest;
import io.countersign.refusal.Refusal;
import io.countersign.settings.Problems;
import io.countersign.tls.Authorities;
import io.countersign.tls.CallerTls;
import io.countersign.tls.ClientTrust;
import io.countersign.tls.Dated;
import io.countersign.tls.Identity;
import io.countersign.tls.Reading;
import io.countersign.tls.RevocationCheck;
import io.countersign.tls.RevocationException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The partners in force, replaced as a whole in one step; every request and every handshake asks the newest. Before the
 * first set is in force, nobody is known.
 */
public final class Partners implements ClientTrust {
    private final Clock clock;
    private final Intermediates intermediates = new Intermediates();
    private volatile PartnerDirectory directory =
            new PartnerDirectory(List.of(), Authorities.of(List.of()), (path, stapled) -> {}, new Problems());

    /** A partner's bean and the file it stands in. */
    public record Described(String file, Partner partner) {}

    public Partners(Clock clock) {
        this.clock = clock;
    }

    /**
     * Checks a whole set of partners; it is not in force before {@link #use}.
     *
     * @param revocation with the lists that stand beside the shared authorities
     * @param home what relative file names in the partners' files are relative to
     * @param problems gets everything that is wrong; a directory that has problems must not be used
     */
    public static PartnerDirectory read(
            Map<String, Described> partners,
            Authorities shared,
            RevocationCheck revocation,
            Path home,
            Problems problems) {
        List<KnownPartner> known = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        partners.forEach((id, described) -> {
            KnownPartner partner = read(id, described, home, problems, new Reading());
            String other = names.putIfAbsent(id.toLowerCase(Locale.ROOT), id);
            if (other != null) {
                problems.add(
                        "partners " + other + " and " + id,
                        "differ in case only; some file systems would mix their files");
            }
            if (partner != null) {
                known.add(partner);
            }
        });
        return new PartnerDirectory(known, shared, revocation, problems);
    }

    /**
     * Checks one partner for itself.
     *
     * @param problems gets everything that is wrong
     * @param reading gets the files that the partner's file names
     * @return nothing where something is wrong
     */
    public static @Nullable KnownPartner read(
            String id, Described described, Path home, Problems problems, Reading reading) {
        return new PartnerReader(home, problems, reading).read(id, described.file(), described.partner());
    }

    public void use(PartnerDirectory replacement) {
        directory = replacement;
    }

    /** By which certificates are valid or not. */
    public Clock clock() {
        return clock;
    }

    /** All that are in force, the ones that are not enabled, too. */
    public Collection<KnownPartner> all() {
        return directory.all();
    }

    /** The partner of that name, where there is one. */
    public @Nullable KnownPartner partner(String id) {
        return directory.partner(id);
    }

    /** Their names. */
    public Set<String> names() {
        return directory.names();
    }

    public int size() {
        return directory.size();
    }

    /** What is in force now and ends at some time: the shared trust, and what the enabled partners' files name. */
    public List<Dated> dated() {
        return directory.dated();
    }

    @Override
    public void check(List<X509Certificate> shown) throws CertificateException {
        directory.check(shown, clock.instant());
        intermediates.saw(shown);
    }

    @Override
    public boolean identifies(List<X509Certificate> shown) {
        PartnerDirectory now = directory;
        if (now.all().stream()
                .flatMap(partner -> partner.pins().stream())
                .anyMatch(pin -> pin.certificate().equals(shown.get(0)))) {
            return true;
        }
        try {
            var unused = now.identify(shown, clock.instant());
            return true;
        } catch (Refusal refusal) {
            return refusal.code() == Code.CERTIFICATE_REVOKED; // somebody's all the same
        }
    }

    @Override
    public @Nullable X509Certificate issuer(X509Certificate issued) {
        return directory.issuer(issued);
    }

    /**
     * Whose certificate this is.
     *
     * @param shown what the client showed in its TLS session, its own certificate first
     * @throws Refusal where it is nobody's, more than one partner's, not valid now, or revoked, or where nobody can say now
     *     that it is not
     */
    public KnownPartner identify(List<X509Certificate> shown) throws Refusal {
        return directory.identify(shown, clock.instant());
    }

    /** The partner that a certificate which identifies nobody is most like, for an operator's eyes alone. */
    public Optional<Nearest> nearest(List<X509Certificate> shown) {
        PartnerDirectory now = directory;
        return now.nearest(shown, clock.instant())
                .map(nearest -> new Nearest(
                        nearest.partner(), nearest.difference() + intermediates.leftOut(shown, now.anchors())));
    }

    /**
     * Whether a certificate may sign for a partner: one that identifies it as a client, or that its server may show, valid now
     * and not revoked.
     *
     * @param shown what came with the signature, the signer's own first
     * @throws CertificateException where it may not; a {@link RevocationException} where it is the partner's, and revoked, or
     *     nobody can say now that it is not
     */
    public void checkSigner(String id, List<X509Certificate> shown) throws CertificateException {
        new PartnerSigner(directory, clock.instant()).check(id, shown);
    }

    /**
     * Where the partner receives.
     *
     * @return none where it is not known now, is not enabled, or its file has no url
     */
    public @Nullable URI url(String id) {
        KnownPartner partner = directory.partner(id);
        return partner == null || !partner.enabled() ? null : partner.server().url();
    }

    /**
     * The terms of calls to a partner as they are now; to anyone else, the company's identity and the shared trust.
     *
     * @param id of the partner, or empty for anyone else
     * @throws IllegalStateException where the partner is not known now, or is not enabled
     */
    public CallTerms calling(String id, Identity company) {
        PartnerDirectory now = directory;
        if (id.isEmpty()) {
            return new CallTerms(
                    new CallerTls(company, now.sharedTrust(), true, now.revocation(), clock),
                    AllowedAddresses.ANYWHERE);
        }
        KnownPartner partner = now.partner(id);
        if (partner == null || !partner.enabled()) {
            throw new IllegalStateException("partner " + id + (partner == null ? " is not known" : " is not enabled"));
        }
        PartnerServer server = partner.server();
        return new CallTerms(
                new CallerTls(
                        server.identity() == null ? company : server.identity(),
                        server.trust() == null ? now.sharedTrust() : server.trust(),
                        server.verifyHost(),
                        now.revocation(),
                        clock),
                server.addresses());
    }
}

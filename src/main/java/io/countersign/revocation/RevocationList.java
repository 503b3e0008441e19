package io.countersign.revocation;

import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Certificates;
import io.countersign.tls.Dated;
import io.countersign.tls.Issued;
import io.countersign.tls.Strength;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.jspecify.annotations.Nullable;

/**
 * A certificate revocation list (RFC 5280, section 5): whole, and of its issuer's own certificates only. It proves nothing
 * before {@link #isSignedBy} says so. Fails closed: past its next update, without one, or where it does not cover a
 * certificate, it still proves that what it lists is revoked, and proves nothing good.
 */
public final class RevocationList {
    /** By how much clocks may differ. */
    static final Duration ALLOWANCE = Duration.ofMinutes(5);

    private static final String ISSUING_POINT = "2.5.29.28";
    private static final String DELTA = "2.5.29.27";
    private static final String ENTRY_ISSUER = "2.5.29.29";
    private static final String REASON = "2.5.29.21";
    private static final int MOST_KEYS = 16;

    private final String place;
    private final X509CRL list;
    private final int size;
    private final @Nullable IssuingDistributionPoint scope;
    private final Map<PublicKey, Boolean> signedBy = new ConcurrentHashMap<>();

    private RevocationList(String place, X509CRL list, int size, @Nullable IssuingDistributionPoint scope) {
        this.place = place;
        this.list = list;
        this.size = size;
        this.scope = scope;
    }

    /** When the next one is due, where it says so. */
    public Optional<Dated> dated() {
        Instant next = nextUpdate();
        return next == null
                ? Optional.empty()
                : Optional.of(new Dated(
                        Dated.Kind.REVOCATION_LIST,
                        Dated.SHARED,
                        "'" + issuer().getName() + "'",
                        place,
                        fingerprint(),
                        thisUpdate(),
                        next,
                        null));
    }

    private String fingerprint() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(list.getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * @param place where it is from, for messages
     * @throws CRLException where it cannot be used, saying what was seen and what is accepted
     */
    static RevocationList of(String place, X509CRL list) throws CRLException {
        if (list.getExtensionValue(DELTA) != null) {
            throw new CRLException("holds a delta revocation list; accepted: whole ones");
        }
        IssuingDistributionPoint scope = scope(list);
        Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
        if (entries == null) {
            entries = Set.of();
        }
        if ((scope != null && scope.isIndirectCRL())
                || entries.stream().anyMatch(entry -> entry.getExtensionValue(ENTRY_ISSUER) != null)) {
            throw new CRLException(
                    "holds an indirect revocation list; accepted: lists of the issuer's own certificates only");
        }
        Set<String> critical = new TreeSet<>(orEmpty(list.getCriticalExtensionOIDs()));
        entries.forEach(entry -> critical.addAll(orEmpty(entry.getCriticalExtensionOIDs())));
        critical.removeAll(Set.of(ISSUING_POINT, REASON));
        if (!critical.isEmpty()) {
            throw new CRLException("holds a revocation list with critical extensions that are not known: " + critical
                    + "; accepted: issuingDistributionPoint");
        }
        try {
            Strength.checkSignature("a revocation list", list.getSigAlgName(), list.getSigAlgParams());
        } catch (CertificateException weak) {
            throw new CRLException("cannot be used: " + weak.getMessage(), weak);
        }
        return new RevocationList(place, list, list.getEncoded().length, scope);
    }

    private static @Nullable IssuingDistributionPoint scope(X509CRL list) throws CRLException {
        byte[] extension = list.getExtensionValue(ISSUING_POINT);
        try {
            return extension == null
                    ? null
                    : IssuingDistributionPoint.getInstance(JcaX509ExtensionUtils.parseExtensionValue(extension));
        } catch (IOException | RuntimeException unreadable) {
            throw new CRLException("holds a revocation list whose scope cannot be read", unreadable);
        }
    }

    /** The file that it stands in, or where it was fetched. */
    public String place() {
        return place;
    }

    public X500Principal issuer() {
        return list.getIssuerX500Principal();
    }

    public Instant thisUpdate() {
        return list.getThisUpdate().toInstant();
    }

    public @Nullable Instant nextUpdate() {
        return list.getNextUpdate() == null ? null : list.getNextUpdate().toInstant();
    }

    /** In bytes, as encoded. */
    int size() {
        return size;
    }

    /** Whether it is of this authority; each key is tried once. */
    boolean isSignedBy(Authority authority) {
        if (!issuer().equals(authority.name())) {
            return false;
        }
        if (signedBy.size() > MOST_KEYS) {
            signedBy.clear();
        }
        return signedBy.computeIfAbsent(authority.key(), key -> {
            try {
                list.verify(key);
                return true;
            } catch (GeneralSecurityException no) {
                return false;
            }
        });
    }

    /** Whether it is for that kind of certificate; an authority may have a list of its users and another of authorities. */
    boolean isAbout(X509Certificate certificate) {
        return scope == null
                || !(scope.onlyContainsAttributeCerts()
                        || (scope.onlyContainsUserCerts() && Certificates.isAuthority(certificate))
                        || (scope.onlyContainsCACerts() && !Certificates.isAuthority(certificate)));
    }

    /** @param points the names of the certificate's distribution points */
    Finding finding(Issued issued, Set<GeneralName> points, Instant now) {
        String source = "revocation list " + place;
        Instant next = nextUpdate();
        X509CRLEntry entry = list.getRevokedCertificate(issued.certificate().getSerialNumber());
        if (entry != null) {
            // Also where it is on hold: it may be good again, and is not now.
            return Finding.revoked(
                    source,
                    entry.getRevocationDate().toInstant(),
                    entry.getRevocationReason(),
                    thisUpdate(),
                    next == null ? now : next);
        }
        if (next == null) {
            return Finding.nothing(source, "has no next update, so that it proves nothing good");
        }
        if (now.isAfter(next)) {
            return Finding.nothing(source, "should have been replaced on " + next);
        }
        if (now.plus(ALLOWANCE).isBefore(thisUpdate())) {
            return Finding.nothing(source, "is not valid before " + thisUpdate());
        }
        return covers(issued.certificate(), points)
                ? Finding.good(source, thisUpdate(), next)
                : Finding.nothing(source, "does not cover this certificate, or not all reasons (its issuing point)");
    }

    private boolean covers(X509Certificate certificate, Set<GeneralName> points) {
        return scope == null
                || (isAbout(certificate)
                        && scope.getOnlySomeReasons() == null
                        && (scope.getDistributionPoint() == null
                                || !Collections.disjoint(names(scope.getDistributionPoint()), points)));
    }

    /** A name relative to the issuer's is no name here. */
    static Set<GeneralName> names(@Nullable DistributionPointName point) {
        return point == null || point.getType() != DistributionPointName.FULL_NAME
                ? Set.of()
                : new LinkedHashSet<>(
                        List.of(GeneralNames.getInstance(point.getName()).getNames()));
    }

    private static Set<String> orEmpty(@Nullable Set<String> oids) {
        return oids == null ? Set.of() : oids;
    }
}

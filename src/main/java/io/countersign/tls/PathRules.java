package io.countersign.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a path must satisfy to hold: RFC 5280, section 6, with the {@link Bounds} of its authorities, the {@link Strength} of
 * keys and signatures, and the leaf's purpose. The JDK's validator is asked as well, for policies and for the algorithms that
 * it has switched off; it takes no notice of an anchor's own constraints, purposes and extensions.
 */
final class PathRules {
    private static final String POLICY_CONSTRAINTS = "2.5.29.36";
    private static final int CERT_SIGN = 5;
    private static final int MOST_SERIAL_OCTETS = 20;

    private final String purpose;
    private final Instant now;
    private final List<Rule> rules;

    /** @param whole whether its message stands for itself, else it tells why there is no path */
    private record Rule(Check check, boolean whole) {}

    private interface Check {
        void of(Candidate path) throws CertificateException;
    }

    /**
     * Why a path does not hold.
     *
     * @param passed how many rules it satisfies before
     */
    record Fault(int passed, String words, boolean whole) {}

    /** @param purpose an extended key usage, or {@link Certificates#SIGNATURE} */
    PathRules(String purpose, Instant now) {
        this.purpose = purpose;
        this.now = now;
        this.rules = List.of(
                new Rule(path -> Certificates.checkDates(path.anchor(), now), true),
                new Rule(path -> Bounds.check(path, purpose), false),
                new Rule(PathRules::strength, true),
                new Rule(PathRules::numbers, false),
                new Rule(this::jdk, false),
                new Rule(PathRules::leafIsNoAuthorityInPart, true),
                new Rule(path -> leafPurpose(path.leaf()), true));
    }

    /** The first that it does not satisfy. */
    Optional<Fault> fault(Candidate path) {
        for (int i = 0; i < rules.size(); i++) {
            try {
                rules.get(i).check().of(path);
            } catch (CertificateException broken) {
                return Optional.of(new Fault(
                        i, String.valueOf(broken.getMessage()), rules.get(i).whole()));
            }
        }
        return Optional.empty();
    }

    private static void strength(Candidate path) throws CertificateException {
        for (X509Certificate certificate : path.certificates()) {
            Strength.check(certificate);
        }
        Strength.checkKey(path.anchor());
    }

    /** RFC 5280, 4.1.2.2 and 4.1.2.4: by these two, revocation tells certificates apart. */
    private static void numbers(Candidate path) throws CertificateException {
        for (X509Certificate certificate : path.certificates()) {
            if (certificate.getSerialNumber().signum() <= 0
                    || certificate.getSerialNumber().toByteArray().length > MOST_SERIAL_OCTETS) {
                throw new CertificateException("certificate " + Certificates.name(certificate)
                        + " has the serial number "
                        + certificate.getSerialNumber() + "; accepted: positive, of no more than " + MOST_SERIAL_OCTETS
                        + " octets");
            }
            if (certificate.getIssuerX500Principal().getName().isEmpty()) {
                throw new CertificateException(
                        "certificate " + Certificates.name(certificate) + " does not say who issued it");
            }
        }
    }

    /**
     * The JDK takes common names for DNS names where there are no alternative ones, and breaks on some name constraints. It
     * applies those of each certificate but the anchor's, so that an authority that has some is made the anchor of what is below it;
     * only policies, where they are constrained, need the path as a whole.
     */
    private void jdk(Candidate path) throws CertificateException {
        List<X509Certificate> below = path.certificates();
        X509Certificate anchor = path.anchor();
        boolean whole = below.stream().anyMatch(each -> each.getExtensionValue(POLICY_CONSTRAINTS) != null);
        for (int i = below.size() - 1; i > 0 && !whole; i--) {
            if (NameSpace.isIn(below.get(i))) {
                jdk(below.subList(i, below.size()), anchor);
                anchor = below.get(i);
                below = below.subList(0, i);
            }
        }
        jdk(below, anchor);
    }

    private void jdk(List<X509Certificate> certificates, X509Certificate anchor) throws CertificateException {
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(certificates), parameters);
        } catch (CertPathValidatorException | InvalidAlgorithmParameterException | RuntimeException broken) {
            throw new CertificateException(innermost(broken), broken);
        } catch (CertificateException unreadable) {
            throw unreadable;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /** RFC 5280, 4.2.1.9 and 4.2.1.10: what only authorities have. One that has it, and is none, contradicts itself. */
    private static void leafIsNoAuthorityInPart(Candidate path) throws CertificateException {
        X509Certificate leaf = path.leaf();
        boolean[] usage = leaf.getKeyUsage();
        if (!Certificates.isAuthority(leaf) && ((usage != null && usage[CERT_SIGN]) || NameSpace.isIn(leaf))) {
            throw new CertificateException("certificate " + Certificates.name(leaf) + " has "
                    + (NameSpace.isIn(leaf) ? "name constraints" : "the key usage keyCertSign")
                    + ", which only an authority's may have, and is not an authority's");
        }
    }

    private void leafPurpose(X509Certificate leaf) throws CertificateException {
        if (!purpose.equals(Certificates.SIGNATURE) && !Certificates.allows(leaf, purpose)) {
            throw new CertificateException("certificate " + Certificates.name(leaf) + " is not for TLS "
                    + (purpose.equals(Certificates.CLIENT_AUTH)
                            ? "clients (its purposes lack clientAuth"
                            : "servers (its purposes lack serverAuth")
                    + ", or its key usage digitalSignature)");
        }
    }

    private static String innermost(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        @Nullable String words = cause.getMessage();
        return words == null ? cause.toString() : words;
    }
}

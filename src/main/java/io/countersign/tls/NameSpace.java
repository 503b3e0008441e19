package io.countersign.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.jspecify.annotations.Nullable;

/**
 * The names that an authority may certify, which its certificate lists (RFC 5280, 4.2.1.10), whether or not it says that this
 * is critical. Fails closed: where a constraint or a name to which one applies is not well-formed or not understood, the
 * certificate is refused.
 */
final class NameSpace {
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String INTERNATIONAL_MAILBOX = GeneralName.otherName
            + " 1.3.6.1.5.5.7.8.9"; // RFC 9598; constraints on e-mail addresses are meant for it, too
    private static final int MOST_SUBTREES = 1_000;
    private static final int MOST_COMPARISONS = 100_000;

    private static final Map<String, NameForm> UNDERSTOOD = Map.of(
            String.valueOf(GeneralName.dNSName), NameForm.DNS,
            String.valueOf(GeneralName.rfc822Name), NameForm.EMAIL,
            String.valueOf(GeneralName.uniformResourceIdentifier), NameForm.URI_HOST,
            String.valueOf(GeneralName.iPAddress), NameForm.IP,
            String.valueOf(GeneralName.directoryName), NameForm.DIRECTORY);

    private final String authority;
    private final List<Subtree> permitted;
    private final List<Subtree> excluded;

    /** @param base none where the form is not understood */
    private record Subtree(String form, @Nullable Object base) {}

    private NameSpace(String authority, List<Subtree> permitted, List<Subtree> excluded) {
        this.authority = authority;
        this.permitted = permitted;
        this.excluded = excluded;
    }

    static boolean isIn(X509Certificate certificate) {
        return certificate.getExtensionValue(NAME_CONSTRAINTS) != null;
    }

    /**
     * What an authority may certify.
     *
     * @return none where it may certify any name
     * @throws CertificateException where what it lists is not well-formed
     */
    static @Nullable NameSpace of(X509Certificate authority) throws CertificateException {
        byte[] extension = authority.getExtensionValue(NAME_CONSTRAINTS);
        if (extension == null) {
            return null;
        }
        String name = Certificates.name(authority);
        try {
            NameConstraints listed = NameConstraints.getInstance(JcaX509ExtensionUtils.parseExtensionValue(extension));
            List<Subtree> permitted = subtrees(listed.getPermittedSubtrees());
            List<Subtree> excluded = subtrees(listed.getExcludedSubtrees());
            if (permitted.isEmpty() && excluded.isEmpty()) {
                throw new IllegalArgumentException("they are empty");
            }
            return new NameSpace(name, permitted, excluded);
        } catch (IOException | RuntimeException malformed) {
            throw new CertificateException(
                    "the name constraints of " + name + " are not well-formed: " + malformed.getMessage(), malformed);
        }
    }

    private static List<Subtree> subtrees(GeneralSubtree @Nullable [] listed) {
        List<Subtree> subtrees = new ArrayList<>();
        if (listed == null) {
            return subtrees;
        }
        if (listed.length == 0 || listed.length > MOST_SUBTREES) {
            throw new IllegalArgumentException(
                    listed.length == 0 ? "a list of them is empty" : "there are more than " + MOST_SUBTREES);
        }
        for (GeneralSubtree each : listed) {
            if (!each.getMinimum().equals(BigInteger.ZERO) || each.getMaximum() != null) {
                throw new IllegalArgumentException("they count levels");
            }
            String form = CertifiedName.of(each.getBase()).form();
            NameForm understood = UNDERSTOOD.get(form);
            subtrees.add(new Subtree(form, understood == null ? null : understood.base(each.getBase())));
        }
        return subtrees;
    }

    /** @throws CertificateException where a name of the certificate is not among those that the authority may certify */
    void check(X509Certificate certificate) throws CertificateException {
        List<CertifiedName> names = CertifiedName.all(certificate);
        if ((long) names.size() * (permitted.size() + excluded.size()) > MOST_COMPARISONS) {
            throw new CertificateException(
                    "certificate " + Certificates.name(certificate) + " has too many names for the "
                            + (permitted.size() + excluded.size()) + " name constraints of " + authority);
        }
        for (CertifiedName name : names) {
            String wrong = wrong(name);
            if (!wrong.isEmpty()) {
                throw new CertificateException("certificate " + Certificates.name(certificate) + " has the name "
                        + Certificates.printable(name.toString()) + ", which " + authority
                        + " may not certify: " + wrong);
            }
        }
    }

    private String wrong(CertifiedName name) {
        List<Subtree> within =
                permitted.stream().filter(subtree -> isFor(subtree, name)).toList();
        List<Subtree> without =
                excluded.stream().filter(subtree -> isFor(subtree, name)).toList();
        if (within.isEmpty() && without.isEmpty()) {
            return "";
        }
        NameForm form = UNDERSTOOD.get(name.form());
        if (form == null) {
            return "a name constraint of its form is not understood here";
        }
        try {
            Object value = form.name(name.name());
            if (without.stream().anyMatch(subtree -> form.excludes(Objects.requireNonNull(subtree.base()), value))) {
                return "its name constraints exclude it";
            }
            return within.isEmpty()
                            || within.stream()
                                    .anyMatch(subtree -> form.permits(Objects.requireNonNull(subtree.base()), value))
                    ? ""
                    : "its name constraints do not permit it";
        } catch (IllegalArgumentException malformed) {
            return "it is not well-formed, and name constraints apply to it: " + malformed.getMessage();
        }
    }

    private static boolean isFor(Subtree subtree, CertifiedName name) {
        return subtree.form().equals(name.form())
                || (name.form().equals(INTERNATIONAL_MAILBOX)
                        && subtree.form().equals(String.valueOf(GeneralName.rfc822Name)));
    }
}

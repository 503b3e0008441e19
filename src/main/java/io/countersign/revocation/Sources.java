package io.countersign.revocation;

import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.jspecify.annotations.Nullable;

/**
 * Whom a certificate says to ask about itself (RFC 5280, 4.2.1.13 and 4.2.2.1), as far as http and https reach. Points of
 * other authorities' lists, or of lists for some reasons only, are passed over.
 *
 * @param points the names of all its distribution points, whatever their scheme
 * @param unreadable why its extensions cannot be read; then there are no others
 */
record Sources(
        List<URI> responders,
        List<URI> lists,
        Set<GeneralName> points,
        @Nullable String unreadable) {
    /** Of each kind; the time is bounded, and a certificate with more is no better known. */
    private static final int MOST = 3;

    private static final Pattern HTTP = Pattern.compile("(?i)https?:");

    static Sources of(X509Certificate certificate) {
        try {
            Set<GeneralName> points = new HashSet<>();
            List<URI> lists = lists(certificate, points);
            return new Sources(responders(certificate), lists, points, null);
        } catch (IOException | RuntimeException unreadable) {
            return new Sources(
                    List.of(),
                    List.of(),
                    Set.of(),
                    "says in a form that cannot be read whom to ask: " + unreadable.getMessage());
        }
    }

    private static List<URI> responders(X509Certificate certificate) throws IOException {
        byte[] extension = certificate.getExtensionValue(Extension.authorityInfoAccess.getId());
        List<URI> responders = new ArrayList<>();
        if (extension != null) {
            for (AccessDescription access : AuthorityInformationAccess.getInstance(
                            JcaX509ExtensionUtils.parseExtensionValue(extension))
                    .getAccessDescriptions()) {
                if (access.getAccessMethod().equals(AccessDescription.id_ad_ocsp)) {
                    add(responders, access.getAccessLocation());
                }
            }
        }
        return List.copyOf(responders);
    }

    private static List<URI> lists(X509Certificate certificate, Set<GeneralName> points) throws IOException {
        byte[] extension = certificate.getExtensionValue(Extension.cRLDistributionPoints.getId());
        List<URI> lists = new ArrayList<>();
        if (extension != null) {
            for (DistributionPoint point : CRLDistPoint.getInstance(
                            JcaX509ExtensionUtils.parseExtensionValue(extension))
                    .getDistributionPoints()) {
                if (point.getReasons() == null && point.getCRLIssuer() == null) {
                    Set<GeneralName> names = RevocationList.names(point.getDistributionPoint());
                    points.addAll(names);
                    names.forEach(name -> add(lists, name));
                }
            }
        }
        return List.copyOf(lists);
    }

    private static void add(List<URI> found, GeneralName name) {
        String text = name.getName().toString();
        if (name.getTagNo() != GeneralName.uniformResourceIdentifier
                || !HTTP.matcher(text).lookingAt()
                || found.size() >= MOST) {
            return;
        }
        URI uri = URI.create(text);
        if (!found.contains(uri)) {
            found.add(uri);
        }
    }
}

package io.countersign.tls;

import io.countersign.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.OtherName;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/**
 * A name that a certificate gives its owner, to which name constraints apply (RFC 5280, 4.2.1.10): a subject alternative name,
 * the subject itself, or an e-mail address in the subject.
 *
 * @param form its kind; those that only other names have differ by their type
 */
record CertifiedName(String form, GeneralName name) {
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";

    static CertifiedName of(GeneralName name) {
        String form = String.valueOf(name.getTagNo());
        return new CertifiedName(
                name.getTagNo() == GeneralName.otherName
                        ? form + " " + OtherName.getInstance(name.getName()).getTypeID()
                        : form,
                name);
    }

    /** @throws CertificateException where there are names that cannot be read */
    static List<CertifiedName> all(X509Certificate certificate) throws CertificateException {
        try {
            List<CertifiedName> names = new ArrayList<>();
            byte[] extension = certificate.getExtensionValue(ALTERNATIVE_NAMES);
            if (extension != null) {
                for (GeneralName name : GeneralNames.getInstance(JcaX509ExtensionUtils.parseExtensionValue(extension))
                        .getNames()) {
                    names.add(of(name));
                }
            }
            X500Name subject =
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
            if (subject.getRDNs().length > 0) {
                names.add(of(new GeneralName(subject)));
            }
            for (RDN part : subject.getRDNs(PKCSObjectIdentifiers.pkcs_9_at_emailAddress)) {
                for (AttributeTypeAndValue each : part.getTypesAndValues()) {
                    if (each.getType().equals(PKCSObjectIdentifiers.pkcs_9_at_emailAddress)) {
                        names.add(
                                of(new GeneralName(GeneralName.rfc822Name, IETFUtils.valueToString(each.getValue()))));
                    }
                }
            }
            return names;
        } catch (IOException | RuntimeException unreadable) {
            throw new CertificateException(
                    "the names of certificate " + Certificates.name(certificate) + " cannot be read", unreadable);
        }
    }

    /** As in partners' files. */
    @Override
    public String toString() {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName -> "dns:" + name.getName();
            case GeneralName.rfc822Name -> "email:" + name.getName();
            case GeneralName.uniformResourceIdentifier -> "uri:" + name.getName();
            case GeneralName.iPAddress -> "ip:" + address();
            case GeneralName.directoryName -> name.getName().toString();
            default -> "of form " + form;
        };
    }

    private String address() {
        byte[] octets = ASN1OctetString.getInstance(name.getName()).getOctets();
        try {
            return Addresses.format(InetAddress.getByAddress(octets));
        } catch (UnknownHostException noAddress) {
            return "#" + HexFormat.of().formatHex(octets);
        }
    }
}

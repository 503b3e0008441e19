package io.countersign.partner;

import io.countersign.address.Addresses;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * A name in a certificate by which a partner may be identified, in a form that compares as its kind demands: subjects as
 * X.500 names, DNS names without case, IP addresses as numbers, URIs and e-mail addresses to the letter (the latter's
 * host without case). There are no wildcards: {@code *.acme.example} in a certificate names only itself.
 */
record CertificateName(Kind kind, String value) {
    static final String ACCEPTED_SANS = "dns:NAME, uri:URI, ip:ADDRESS or email:ADDRESS";

    private static final int EMAIL = 1;
    private static final int DNS = 2;
    private static final int URI_NAME = 6;
    private static final int IP = 7;
    private static final Map<String, String> KEYWORDS = Map.of(
            "EMAILADDRESS", "1.2.840.113549.1.9.1",
            "SERIALNUMBER", "2.5.4.5",
            "GIVENNAME", "2.5.4.42",
            "SURNAME", "2.5.4.4",
            "SN", "2.5.4.4",
            "T", "2.5.4.12",
            "ORGANIZATIONIDENTIFIER", "2.5.4.97");

    enum Kind {
        SUBJECT,
        DNS,
        URI,
        IP,
        EMAIL
    }

    /** @throws IllegalArgumentException where the text is not an RFC 4514 name, or an empty one */
    static CertificateName subject(String text) {
        X500Principal principal;
        try {
            principal = new X500Principal(text, KEYWORDS);
        } catch (IllegalArgumentException notOne) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an X.500 name; accepted: RFC 4514, such as 'CN=edi, O=Acme, C=DE'", notOne);
        }
        if (principal.getName().isEmpty()) {
            throw new IllegalArgumentException(
                    "the subject is empty; accepted: RFC 4514, such as 'CN=edi, O=Acme, C=DE'");
        }
        return subject(principal);
    }

    /** @throws IllegalArgumentException where the text is no name of a known kind */
    static CertificateName san(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? "" : text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        String value = text.substring(colon + 1).strip();
        if (value.isEmpty() || !List.of("dns", "uri", "ip", "email").contains(kind)) {
            throw new IllegalArgumentException("'" + text + "' is not a name; accepted: " + ACCEPTED_SANS);
        }
        return switch (kind) {
            case "dns" -> dns(value);
            case "ip" -> ip(value);
            case "email" -> {
                int at = value.lastIndexOf('@');
                if (at < 1 || at == value.length() - 1) {
                    throw new IllegalArgumentException("'" + value + "' is not an e-mail address");
                }
                yield email(value);
            }
            default -> uri(value);
        };
    }

    /** Every name that the certificate carries. */
    static Set<CertificateName> of(X509Certificate certificate) throws CertificateException {
        Set<CertificateName> names = new HashSet<>();
        X500Principal subject = certificate.getSubjectX500Principal();
        if (!subject.getName().isEmpty()) {
            names.add(subject(subject));
        }
        var alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives == null) {
            return names;
        }
        for (List<?> alternative : alternatives) {
            if (alternative.get(1) instanceof String value) {
                switch ((Integer) alternative.get(0)) {
                    case EMAIL -> names.add(email(value));
                    case DNS -> names.add(dns(value));
                    case URI_NAME -> names.add(new CertificateName(Kind.URI, value));
                    case IP -> names.add(ip(value));
                    default -> {
                        // Other kinds of name identify nobody here.
                    }
                }
            }
        }
        return names;
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + value;
    }

    private static CertificateName subject(X500Principal principal) {
        return new CertificateName(Kind.SUBJECT, principal.getName(X500Principal.CANONICAL));
    }

    private static CertificateName dns(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return new CertificateName(Kind.DNS, lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower);
    }

    private static CertificateName ip(String address) {
        return new CertificateName(Kind.IP, Addresses.format(Addresses.parse(address)));
    }

    private static CertificateName email(String address) {
        int at = address.lastIndexOf('@');
        return new CertificateName(
                Kind.EMAIL,
                address.substring(0, at + 1) + address.substring(at + 1).toLowerCase(Locale.ROOT));
    }

    private static CertificateName uri(String text) {
        try {
            return new CertificateName(Kind.URI, new URI(text).toString());
        } catch (URISyntaxException notOne) {
            throw new IllegalArgumentException("'" + text + "' is not a URI: " + notOne.getReason(), notOne);
        }
    }
}

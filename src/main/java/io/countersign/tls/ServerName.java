package io.countersign.tls;

import io.countersign.address.Addresses;
import io.countersign.text.OneLine;
import java.net.IDN;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server's certificate names the host that was dialled (RFC 9525): by a DNS name among its subject alternative
 * names, in which {@code *} may stand for the whole leftmost label, or, where an address was dialled, by an IP name. The
 * common name does not count. Fails closed: what cannot be read names nothing.
 */
public final class ServerName {
    private static final int DNS = 2;
    private static final int IP = 7;
    private static final int MOST_TOLD = 10;

    private ServerName() {}

    /** @param host as in a URL; an IPv6 address may stand in brackets */
    public static boolean isNamed(String host, X509Certificate certificate) {
        InetAddress address = address(host);
        if (address != null) {
            return names(certificate, IP).stream().anyMatch(name -> address.equals(address(name)));
        }
        String dialled = normal(host);
        return !dialled.isEmpty() && names(certificate, DNS).stream().anyMatch(name -> matches(normal(name), dialled));
    }

    /** What the certificate names, for messages. */
    public static List<String> names(X509Certificate certificate) {
        return Stream.concat(names(certificate, DNS).stream(), names(certificate, IP).stream())
                .limit(MOST_TOLD)
                .map(OneLine::printable)
                .toList();
    }

    private static boolean matches(String name, String host) {
        if (!name.startsWith("*.")) {
            return !name.contains("*") && name.equals(host);
        }
        int dot = host.indexOf('.');
        // The rest must be a domain of at least two labels: "*.com" would be everybody.
        String rest = name.substring(1);
        return dot > 0
                && rest.indexOf('.', 1) > 0
                && !rest.contains("*")
                && host.substring(dot).equals(rest);
    }

    private static List<String> names(X509Certificate certificate, int kind) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(name -> Integer.valueOf(kind).equals(name.get(0)))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }

    private static @Nullable InetAddress address(String text) {
        try {
            return Addresses.parse(text);
        } catch (IllegalArgumentException name) {
            return null;
        }
    }

    /** Lower case, in A-labels, without the dot that ends a fully qualified name; empty where it cannot be a host's. */
    private static String normal(String name) {
        try {
            String ascii = name.startsWith("*.") ? "*." + IDN.toASCII(name.substring(2)) : IDN.toASCII(name);
            return (ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException notAHost) {
            return "";
        }
    }
}

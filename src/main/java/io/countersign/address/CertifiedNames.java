package io.countersign.address;

import io.countersign.dns.HostName;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a certificate says about where its owner is: its subject alternative names that are addresses, hosts, hosts of URIs,
 * and wildcards, which stand for any host right under a domain (RFC 9525, 6.3). Other names, the common name among them, and
 * what cannot be read say nothing.
 *
 * @param domains of the wildcards
 */
record CertifiedNames(Set<InetAddress> addresses, Set<HostName> hosts, Set<HostName> domains) {
    private static final int DNS = 2;
    private static final int URI_NAME = 6;
    private static final int IP = 7;
    private static final String WILDCARD = "*.";

    static CertifiedNames of(X509Certificate certificate) {
        CertifiedNames names = new CertifiedNames(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
        for (List<?> name : alternatives(certificate)) {
            if (name.get(0) instanceof Integer kind && name.get(1) instanceof String value) {
                try {
                    names.add(kind, value);
                } catch (IllegalArgumentException | URISyntaxException unreadable) {
                    // It cannot be where anybody is.
                }
            }
        }
        return names;
    }

    boolean isEmpty() {
        return addresses.isEmpty() && hosts.isEmpty() && domains.isEmpty();
    }

    int lookedUp() {
        return hosts.size() + domains.size();
    }

    private void add(int kind, String value) throws URISyntaxException {
        switch (kind) {
            case IP -> addresses.add(Addresses.parse(value));
            case DNS -> {
                if (!value.startsWith(WILDCARD)) {
                    hosts.add(HostName.parse(value));
                } else if (HostName.parse(value.substring(WILDCARD.length())).hasDot()) {
                    // "*.com" would be everybody.
                    domains.add(HostName.parse(value.substring(WILDCARD.length())));
                }
            }
            case URI_NAME -> addHost(new URI(value).getHost());
            default -> {
                // Neither e-mail addresses nor the names of persons say where anybody is.
            }
        }
    }

    private void addHost(String host) {
        if (host == null) {
            return;
        }
        if (host.startsWith("[") || host.matches("[0-9.]+")) {
            addresses.add(Addresses.parse(host));
        } else {
            hosts.add(HostName.parse(host.toLowerCase(Locale.ROOT)));
        }
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null ? List.of() : all;
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }
}

package io.countersign.doctor;

import io.countersign.partner.CallTerms;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A call to be played.
 *
 * @param partner whose server it is; none where just a URL is called
 * @param terms those of sending
 * @param trustedBy what says whom to trust: a setting, or a property of a partner's file
 * @param known certificates of whichever files of ours: not trusted here, but good for explaining
 */
public record Call(
        @Nullable String partner, URI url, CallTerms terms, String trustedBy, Collection<X509Certificate> known) {
    private static final int HTTPS = 443;

    String host() {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        return url.getPort() < 0 ? HTTPS : url.getPort();
    }

    String path() {
        String path = url.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    /** For the Host header. */
    String authority() {
        return url.getHost() + (url.getPort() < 0 || url.getPort() == HTTPS ? "" : ":" + url.getPort());
    }

    /** Who runs the server, for what is to be done. */
    String theirs() {
        return partner == null ? "whoever runs " + host() : "partner " + partner;
    }
}

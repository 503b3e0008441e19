package io.countersign.refusal;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller showed of itself in TLS, before anybody looked whether it is true.
 *
 * @param tls the version that was negotiated, or what it offered where there was none; none where there was no TLS
 * @param server the name of the server that it wants (SNI, RFC 6066), where it said one
 * @param certificates its own first; empty where it showed none
 * @param unknown whether nothing is wrong with them but that nobody knows them
 */
public record Shown(
        @Nullable String tls, @Nullable String server, List<X509Certificate> certificates, boolean unknown) {
    /** The attribute of a request with the version of its TLS. */
    public static final String TLS = "countersign.tls";

    public static final Shown NOTHING = new Shown(null, null, List.of(), false);

    public static Shown certificates(@Nullable String tls, List<X509Certificate> certificates) {
        return new Shown(tls, null, List.copyOf(certificates), false);
    }
}

package io.countersign.admission;

import io.countersign.address.Addresses;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.http.common.HttpMessage;

/**
 * Who calls: his certificates, his own first, and his address. Both are those of the connection, unless a {@link ProxyWord}
 * counts.
 */
record Caller(List<X509Certificate> certificates, InetAddress address) {
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    static HttpServletRequest request(Exchange exchange) {
        HttpMessage message = exchange.getIn(HttpMessage.class);
        if (message == null) {
            throw new IllegalStateException("admission works behind a jetty: endpoint, in the route that begins there");
        }
        return message.getRequest();
    }

    /** What the connection itself says. */
    static Caller of(HttpServletRequest request) {
        X509Certificate[] shown = (X509Certificate[]) request.getAttribute(CERTIFICATES);
        return new Caller(shown == null ? List.of() : List.of(shown), Addresses.parse(request.getRemoteAddr()));
    }
}

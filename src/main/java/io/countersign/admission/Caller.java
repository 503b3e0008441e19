package io.countersign.admission;

import io.countersign.address.Addresses;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.http.common.HttpMessage;

/**
 * What the connection itself says of the caller: the certificates of its TLS session, its own first, and the address of
 * its socket. Nothing here comes from the request.
 */
record Caller(List<X509Certificate> certificates, InetAddress address) {
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    static Caller of(Exchange exchange) {
        HttpMessage message = exchange.getIn(HttpMessage.class);
        if (message == null) {
            throw new IllegalStateException("admission works behind a jetty: endpoint, in the route that begins there");
        }
        HttpServletRequest request = message.getRequest();
        X509Certificate[] shown = (X509Certificate[]) request.getAttribute(CERTIFICATES);
        return new Caller(shown == null ? List.of() : List.of(shown), Addresses.parse(request.getRemoteAddr()));
    }
}

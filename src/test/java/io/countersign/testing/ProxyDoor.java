package io.countersign.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.http.common.HttpCommonEndpoint;

/** A door of the template {@code receive-behind-proxy}, on a port of its own, and what a proxy writes who calls there. */
public final class ProxyDoor {
    private ProxyDoor() {}

    /**
     * What stands in a route file.
     *
     * @param parameters of the template, each as {@code name: value}
     */
    public static String yaml(String id, String certificates, String... parameters) {
        StringBuilder door = new StringBuilder(
                """
                - templatedRoute:
                    routeId: ID
                    routeTemplateRef: receive-behind-proxy
                    parameters:
                      - name: port
                        value: "PORT"
                      - name: certificates
                        value: CERTIFICATES
                """.replace("ID", id).replace("CERTIFICATES", certificates).replace("PORT", freePort()));
        for (String parameter : parameters) {
            int colon = parameter.indexOf(':');
            door.append("      - name: ")
                    .append(parameter, 0, colon)
                    .append("\n        value: \"")
                    .append(parameter.substring(colon + 1).strip())
                    .append("\"\n");
        }
        return door.toString();
    }

    /** Where the route with this id listens. */
    public static int port(RunningService service, String route) {
        return ((HttpCommonEndpoint) service.service().context().getRoute(route).getEndpoint())
                .getHttpUri()
                .getPort();
    }

    /** The headers that say what certificate a caller has shown the proxy (RFC 9440). */
    public static String shown(Certified caller) {
        List<X509Certificate> chain = caller.chain();
        return "Client-Cert: " + member(chain.get(0)) + "\r\n"
                + (chain.size() == 1
                        ? ""
                        : "Client-Cert-Chain: "
                                + chain.stream().skip(1).map(ProxyDoor::member).collect(Collectors.joining(", "))
                                + "\r\n");
    }

    public static String member(X509Certificate certificate) {
        try {
            return ":" + Base64.getEncoder().encodeToString(certificate.getEncoded()) + ":";
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public static String freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return Integer.toString(free.getLocalPort());
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }
}

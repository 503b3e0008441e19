package io.countersign.listener;

import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Finds the route by a plain version of the request's path, and keeps the path as sent for the route to judge. Without it
 * Jetty answers paths such as {@code /exchange/a%2Fb} and {@code /exchange/..} itself, before anybody has asked who calls,
 * or takes them apart in a way that the payload's name does not survive. The query is dropped: nothing here is asked by it.
 */
final class Target implements HttpConfiguration.Customizer {
    /** The request attribute with the path as it was sent. */
    static final String AS_SENT = "io.countersign.target";

    private static final Pattern UNPLAIN = Pattern.compile("[^A-Za-z0-9/._~-]");
    private static final Pattern DOTS = Pattern.compile("(?<=/)\\.{1,2}(?=/|$)");
    private static final Pattern EMPTY = Pattern.compile("/(?=/)");

    @Override
    public Request customize(Request request, HttpFields.Mutable responseHeaders) {
        String sent = request.getHttpURI().getPath();
        if (sent == null || !sent.startsWith("/")) {
            return request;
        }
        request.setAttribute(AS_SENT, sent);
        HttpURI plain = HttpURI.build()
                .scheme(request.getHttpURI().getScheme())
                .authority(request.getHttpURI().getAuthority())
                .path(plain(sent))
                .asImmutable();
        return new Request.Wrapper(request) {
            @Override
            public HttpURI getHttpURI() {
                return plain;
            }
        };
    }

    static String plain(String path) {
        String plain = UNPLAIN.matcher(path).replaceAll("_");
        return EMPTY.matcher(DOTS.matcher(plain).replaceAll("_")).replaceAll("/_");
    }
}

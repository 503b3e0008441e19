package io.countersign.listener;

import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Keeps Jetty and Camel from making anything of a request before a route has asked who calls.
 *
 * <p>The route is found by a plain version of the path, and the path as sent is kept for the route to judge: Jetty would
 * answer {@code /exchange/a%2Fb} and {@code /exchange/..} itself, or take them apart so that a payload's name does not
 * survive. The query is dropped. The content type is set aside, since it makes the servlet parse forms and Camel look for
 * character sets, neither of which a payload's bytes are to depend on.
 */
final class Uninterpreted implements HttpConfiguration.Customizer {
    /** The request attribute with the path as it was sent. */
    static final String PATH = "io.countersign.path";

    /** The request attribute with the content type as it was sent. */
    static final String CONTENT_TYPE = "io.countersign.content-type";

    private static final Pattern UNPLAIN = Pattern.compile("[^A-Za-z0-9/._~-]");
    private static final Pattern DOTS = Pattern.compile("(?<=/)\\.{1,2}(?=/|$)");
    private static final Pattern EMPTY = Pattern.compile("/(?=/)");

    @Override
    public Request customize(Request request, HttpFields.Mutable responseHeaders) {
        String sent = request.getHttpURI().getPath();
        if (sent == null || !sent.startsWith("/")) {
            return request;
        }
        HttpURI plain = HttpURI.build()
                .scheme(request.getHttpURI().getScheme())
                .authority(request.getHttpURI().getAuthority())
                .path(plain(sent))
                .asImmutable();
        HttpFields untyped = HttpFields.build(request.getHeaders())
                .remove(HttpHeader.CONTENT_TYPE)
                .asImmutable();
        request.setAttribute(PATH, sent);
        request.setAttribute(CONTENT_TYPE, request.getHeaders().get(HttpHeader.CONTENT_TYPE));
        return new Request.Wrapper(request) {
            @Override
            public HttpURI getHttpURI() {
                return plain;
            }

            @Override
            public HttpFields getHeaders() {
                return untyped;
            }
        };
    }

    static String plain(String path) {
        String plain = UNPLAIN.matcher(path).replaceAll("_");
        return EMPTY.matcher(DOTS.matcher(plain).replaceAll("_")).replaceAll("/_");
    }
}

package io.countersign.client;

import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.util.Timeout;

/**
 * {@code Expect: 100-continue} (RFC 9110, 10.1.1): a body is sent only once the server has said that it wants it, or has
 * said nothing for a second. Asked for what is large, and on each new connection, since a TLS 1.3 server turns a client's
 * certificate away only after the client's handshake, and its reason is lost where the client is writing then.
 */
final class Expectation {
    static final Timeout PATIENCE = Timeout.ofSeconds(1);

    private static final String REFUSED = "countersign.expectation-refused";
    private static final long LARGE = 64 * 1024;

    private Expectation() {}

    /** Runs once there is a connection. */
    static ClassicHttpResponse ask(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpEntity body = request.getEntity();
        if (body instanceof SendingFile file) {
            file.begin(); // the time for connecting is not the answer's
        }
        boolean worthwhile = scope.clientContext.getAttribute(Calls.NEW_CONNECTION) != null
                || (body != null && (body.getContentLength() < 0 || body.getContentLength() > LARGE));
        if (body != null
                && body.getContentLength() != 0
                && worthwhile
                && scope.clientContext.getAttribute(REFUSED) == null) {
            request.setHeader(HttpHeaders.EXPECT, "100-continue");
        } else {
            request.removeHeaders(HttpHeaders.EXPECT);
        }
        return chain.proceed(request, scope);
    }

    /** A server that cannot take the expectation gets the request again without it, as the RFC says. */
    static ClassicHttpResponse withoutAsking(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        if (response.getCode() != HttpStatus.SC_EXPECTATION_FAILED
                || (request.getEntity() != null && !request.getEntity().isRepeatable())) {
            return response;
        }
        response.close();
        scope.clientContext.setAttribute(REFUSED, true);
        return chain.proceed(ClassicRequestBuilder.copy(scope.originalRequest).build(), scope);
    }
}

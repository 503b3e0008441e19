package io.countersign.listener;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import io.countersign.tls.Certificates;
import java.security.cert.X509Certificate;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what no route answers, malformed requests and unknown paths, in the same form as routes do, and records it. */
final class ErrorAnswers extends ErrorHandler {
    private final Refusals refusals;

    ErrorAnswers(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Object message = request.getAttribute(ERROR_MESSAGE);
        Object cause = request.getAttribute(ERROR_EXCEPTION);
        Code code = code(status);
        Refusal refusal = new Refusal(
                code,
                code.title() + ".",
                "status " + status + (message == null ? "" : ": " + message) + (cause == null ? "" : ": " + cause));
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Refusals.PROBLEM_TYPE);
        Content.Sink.write(response, true, refusals.refuse(caller(request), refusal, status), callback);
        return true;
    }

    private static Code code(int status) {
        return switch (status) {
            case 404 -> Code.NOT_FOUND;
            case 405 -> Code.METHOD_NOT_ALLOWED;
            case 413 -> Code.TOO_LARGE;
            case 415 -> Code.ENCODING_UNSUPPORTED;
            default -> status < 500 ? Code.REQUEST_INVALID : Code.UNAVAILABLE;
        };
    }

    private static Refusals.Caller caller(Request request) {
        EndPoint.SslSessionData session =
                request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData data ? data : null;
        X509Certificate[] shown = session == null ? null : session.peerCertificates();
        String certificate = shown == null || shown.length == 0 ? null : Certificates.fingerprint(shown[0]);
        return Refusals.Caller.of(null, Request.getRemoteAddr(request), certificate);
    }
}

package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusing;
import io.countersign.refusal.Shown;
import io.countersign.tls.Certificates;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what no route answers, malformed requests and unknown paths, in the same form as routes do, and records it. */
final class ErrorAnswers extends ErrorHandler {
    /** What Jetty's parser says of a path that it cannot read. */
    private static final Pattern TARGET = Pattern.compile("\\bpath\\b|\\bURI\\b|!hex");

    /** Names no path, so that no route could refuse it. */
    private static final String CONNECT = "CONNECT";

    private final Refusals refusals;

    ErrorAnswers(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = status(request, response.getStatus());
        response.setStatus(status);
        Throwable cause = request.getAttribute(ERROR_EXCEPTION) instanceof Throwable thrown ? thrown : null;
        Code code = code(status, cause);
        Refusal refusal = new Refusal(code, code.title() + ".", "status " + status + reason(request, cause), cause);
        answer(
                response,
                StrictHttp.whyGivenUp(request) != null
                        ? Callback.from(() -> Lingering.lingerBehindNoRequest(request, callback), callback::failed)
                        : callback,
                code,
                refusals.refuse(caller(request), shown(request), refusal, status));
        return true;
    }

    /** A version that does not exist (505), for one, is no failure of ours. */
    private static int status(Request request, int status) {
        if (CONNECT.equals(request.getMethod())) {
            return 405;
        }
        return status == 501 || status == 505 ? 400 : status;
    }

    /** Answers by a problem document; the status is set. */
    static void answer(Response response, Callback callback, Code code, String problem) {
        if (code == Code.METHOD_NOT_ALLOWED) {
            response.getHeaders().put(HttpHeader.ALLOW, Refusing.METHODS);
        }
        if (code.isTransient()) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, Refusal.RETRY_AFTER_SECONDS);
        }
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Refusals.PROBLEM_TYPE);
        Content.Sink.write(response, true, problem, callback);
    }

    private static Code code(int status, @Nullable Throwable cause) {
        return switch (status) {
            // Jetty's parser gives up in this way on targets such as /exchange/a%00b and /exchange/../../x.
            case 400 ->
                cause != null && TARGET.matcher(reason(cause)).find() ? Code.NAME_INVALID : Code.REQUEST_INVALID;
            case 404 -> Code.NOT_FOUND;
            case 405 -> Code.METHOD_NOT_ALLOWED;
            case 413 -> Code.TOO_LARGE;
            case 415 -> Code.ENCODING_UNSUPPORTED;
            default -> status < 500 ? Code.REQUEST_INVALID : Code.UNAVAILABLE;
        };
    }

    private static String reason(Request request, @Nullable Throwable cause) {
        if (cause != null) {
            return ": " + reason(cause);
        }
        Object message = request.getAttribute(ERROR_MESSAGE);
        return message == null ? "" : ": " + message;
    }

    private static String reason(Throwable cause) {
        return String.valueOf((cause.getCause() == null ? cause : cause.getCause()).getMessage());
    }

    static Refusals.Caller caller(Request request) {
        return caller(request.getConnectionMetaData().getConnection().getEndPoint());
    }

    static Refusals.Caller caller(EndPoint endPoint) {
        EndPoint.SslSessionData session = endPoint.getSslSessionData();
        X509Certificate[] shown = session == null ? null : session.peerCertificates();
        return Refusals.Caller.of(
                null,
                address(endPoint),
                shown == null || shown.length == 0 ? null : Certificates.fingerprint(shown[0]));
    }

    static Shown shown(Request request) {
        return shown(request.getConnectionMetaData().getConnection().getEndPoint());
    }

    static Shown shown(EndPoint endPoint) {
        EndPoint.SslSessionData session = endPoint.getSslSessionData();
        if (session == null) {
            return Shown.NOTHING;
        }
        X509Certificate[] shown = session.peerCertificates();
        return Shown.certificates(session.sslSession().getProtocol(), shown == null ? List.of() : List.of(shown));
    }

    static @Nullable String address(EndPoint endPoint) {
        return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress socket
                ? Addresses.format(socket.getAddress())
                : null;
    }
}

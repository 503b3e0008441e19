package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import io.countersign.tls.ListenerTls;
import io.countersign.tls.OperatorTrust;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The door of a listener that shows operators how the service is, to their browsers too. A web page from elsewhere learns
 * nothing: neither by a name of its own that leads here (DNS rebinding), which over TLS our certificate would not have, nor by a
 * request of its own; and what is shown loads nothing from elsewhere and is shown within nothing. Who has come over TLS must
 * still be an operator at each request, whatever was true when the connection began. Fails closed.
 */
final class OperatorsDoor extends Handler.Wrapper {
    private static final HttpFields HEADERS = HttpFields.build()
            .put(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
                            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
            .put("X-Content-Type-Options", "nosniff")
            .put("Referrer-Policy", "no-referrer")
            .put("Cross-Origin-Resource-Policy", "same-origin")
            .put("Cross-Origin-Opener-Policy", "same-origin")
            .asImmutable();
    private static final String LOCALHOST = "localhost";

    private final Supplier<@Nullable Boolean> isForOperators;
    private final Supplier<@Nullable ListenerTls> tls;
    private final String host;
    private final Refusals refusals;
    /** What was so when there was last a route: one that is just being replaced opens nothing. */
    private volatile boolean closed = true;

    /**
     * The door of one listener.
     *
     * @param isForOperators whether it is for them, every other stays as it is; none where there is no route at the moment
     * @param tls what is spoken there; none where it is plain HTTP
     * @param host where it listens, as in its URL
     */
    OperatorsDoor(
            Supplier<@Nullable Boolean> isForOperators,
            Supplier<@Nullable ListenerTls> tls,
            String host,
            Refusals refusals) {
        this.isForOperators = isForOperators;
        this.tls = tls;
        this.host = unbracketed(host);
        this.refusals = refusals;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        ListenerTls spoken = tls.get();
        OperatorTrust operators = spoken == null ? null : spoken.operators();
        Boolean now = isForOperators.get();
        if (now != null) {
            closed = now;
        }
        if (!closed && operators == null) {
            return super.handle(request, response, callback);
        }
        HEADERS.forEach(response.getHeaders()::put);
        try {
            if (operators != null) {
                checkOperator(request, operators);
            }
            checkSite(request, spoken == null);
        } catch (Refusal refused) {
            int status = refused.code() == Code.REQUEST_INVALID
                    ? HttpStatus.MISDIRECTED_REQUEST_421
                    : refused.code().status();
            response.setStatus(status);
            ErrorAnswers.answer(
                    response,
                    callback,
                    refused.code(),
                    refusals.refuse(ErrorAnswers.caller(request), ErrorAnswers.shown(request), refused, status));
            return true;
        }
        return super.handle(request, response, callback);
    }

    private static void checkOperator(Request request, OperatorTrust operators) throws Refusal {
        var shown = ErrorAnswers.shown(request).certificates();
        if (shown.isEmpty()) {
            throw Refusal.of(Code.CERTIFICATE_MISSING, Code.CERTIFICATE_MISSING.title() + ".");
        }
        try {
            operators.check(shown);
        } catch (CertificateException notAnyMore) {
            throw new Refusal(
                    Code.CERTIFICATE_UNKNOWN,
                    "This certificate is no operator's, or not any more.",
                    String.valueOf(notAnyMore.getMessage()),
                    notAnyMore);
        }
    }

    /** Who follows a link from elsewhere sees the page, and the page elsewhere does not. */
    private void checkSite(Request request, boolean byName) throws Refusal {
        String asked = unbracketed(String.valueOf(Request.getServerName(request)));
        if (byName && !isOurs(asked, request)) {
            throw new Refusal(
                    Code.REQUEST_INVALID,
                    "This is not the host that the request names.",
                    "asked for by the name '" + asked + "', as by a web page elsewhere; accepted: " + host
                            + ", localhost, or an address of loopback");
        }
        String site = request.getHeaders().get("Sec-Fetch-Site");
        boolean navigates = "navigate".equals(request.getHeaders().get("Sec-Fetch-Mode"))
                && "document".equals(request.getHeaders().get("Sec-Fetch-Dest"));
        if (site != null && List.of("cross-site", "same-site").contains(site) && !navigates) {
            throw new Refusal(
                    Code.REQUEST_INVALID,
                    "Other sites are not shown this.",
                    "asked for by a web page elsewhere (Sec-Fetch-Site: " + site + ")");
        }
    }

    private boolean isOurs(String asked, Request request) {
        if (asked.equalsIgnoreCase(LOCALHOST) || asked.equalsIgnoreCase(host)) {
            return true;
        }
        try {
            var address = Addresses.parse(asked);
            return address.isLoopbackAddress()
                    || (request.getConnectionMetaData().getLocalSocketAddress() instanceof InetSocketAddress local
                            && address.equals(local.getAddress()));
        } catch (IllegalArgumentException aName) {
            return false;
        }
    }

    private static String unbracketed(String name) {
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }
}

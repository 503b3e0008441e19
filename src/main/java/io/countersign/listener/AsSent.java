package io.countersign.listener;

import io.countersign.proxy.ClientCertHeader;
import io.countersign.refusal.Refusing;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.http.common.DefaultHttpBinding;
import org.apache.camel.http.common.HttpMessage;
import org.apache.camel.util.StringHelper;
import org.jspecify.annotations.Nullable;

/**
 * What of a request reaches a route: the method, the path as sent, the bytes of the body unparsed whatever their content
 * type, and the headers on a list. Everything else, the query and form fields above all, has no way in, so that nothing a
 * caller writes can be mistaken for what Camel or Countersign says. And what of a route reaches the caller: status, body,
 * and a few headers; an exception that the route did not answer becomes a problem document, never a stack trace.
 */
public final class AsSent extends DefaultHttpBinding {
    private static final List<String> ANSWERED =
            List.of("Location", "Retry-After", "Allow", "ETag", "Content-Disposition");

    private List<String> headers = List.of();
    private @Nullable Refusing refusal;
    private boolean askedWhileStopping;
    private boolean forOperators;

    /** The request headers that become message headers, separated by commas. */
    public void setHeaders(String headers) {
        this.headers = List.of(headers.strip().split("\\s*,\\s*"));
        for (String header : this.headers) {
            String name = header.toLowerCase(Locale.ROOT);
            if (name.startsWith("camel") || name.startsWith("org.apache.camel")) {
                throw new IllegalArgumentException("header '" + header + "' is Camel's own and cannot be let in");
            }
            if (header.equalsIgnoreCase(ClientCertHeader.CERTIFICATE)
                    || header.equalsIgnoreCase(ClientCertHeader.CHAIN)) {
                throw new IllegalArgumentException(
                        "header '" + header + "' is for admission alone, behind a proxy, and cannot be let in");
            }
        }
    }

    /** Makes the answer of what ended a route. */
    public void setRefusal(Refusing refusal) {
        this.refusal = refusal;
    }

    /** Whether the listener still takes requests while the service stops, as one does that tells how the service is. */
    public void setAskedWhileStopping(boolean askedWhileStopping) {
        this.askedWhileStopping = askedWhileStopping;
    }

    /** Whether the listener is for those who run the service, and no web page from elsewhere may ask there. */
    public void setForOperators(boolean forOperators) {
        this.forOperators = forOperators;
    }

    boolean isForOperators() {
        return forOperators;
    }

    boolean isAskedWhileStopping() {
        return askedWhileStopping;
    }

    @Override
    public void readRequest(HttpServletRequest request, Message message) {
        message.setHeader(Exchange.HTTP_METHOD, request.getMethod());
        Object sent = request.getAttribute(Uninterpreted.PATH);
        message.setHeader(Exchange.HTTP_PATH, sent == null ? "" : sent);
        for (String header : headers) {
            List<String> values = Collections.list(request.getHeaders(header));
            if (!values.isEmpty()) {
                message.setHeader(header, String.join(", ", values));
            }
        }
        Object type = request.getAttribute(Uninterpreted.CONTENT_TYPE);
        if (type != null) {
            message.setHeader(Exchange.CONTENT_TYPE, type);
        }
        message.removeHeader(Exchange.CONTENT_LENGTH);
        if (request.getContentLengthLong() >= 0) {
            message.setHeader(Exchange.CONTENT_LENGTH, request.getContentLengthLong());
        }
    }

    @Override
    public Object parseBody(HttpServletRequest request, Message message) {
        return new Body(request);
    }

    @Override
    public void writeResponse(Exchange exchange, HttpServletResponse response) throws IOException {
        if (exchange.getException() == null && (exchange.isRouteStop() || exchange.isRollbackOnly())) {
            // What comes after, the receipt above all, has not happened: there is nothing to call a success.
            exchange.setException(new IllegalStateException("the route was stopped before its end"));
        }
        if (exchange.getException() == null && isUnanswered(exchange)) {
            // A route that lost its end would otherwise answer success for what it has not kept.
            exchange.setException(new IllegalStateException(
                    "the route ended without an answer: neither a receipt nor CamelHttpResponseCode"));
        }
        if (exchange.getException() != null) {
            Objects.requireNonNull(refusal, "refusal is not set").process(exchange);
        }
        doWriteResponse(exchange.getMessage(), response, exchange);
    }

    private static boolean isUnanswered(Exchange exchange) {
        HttpMessage request = exchange.getIn(HttpMessage.class);
        String method = request == null ? "" : request.getRequest().getMethod();
        return ("PUT".equals(method) || "POST".equals(method))
                && exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE) == null;
    }

    @Override
    public void doWriteResponse(Message message, HttpServletResponse response, Exchange exchange) throws IOException {
        response.setStatus(message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class));
        response.setHeader("Cache-Control", "no-store");
        String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        if (contentType != null) {
            response.setContentType(StringHelper.before(contentType, "\n", contentType));
        }
        for (String name : ANSWERED) {
            String value = message.getHeader(name, String.class);
            if (value != null) {
                response.setHeader(name, value);
            }
        }
        Object body = message.getBody();
        if (body == null || body instanceof String || body instanceof byte[]) {
            byte[] bytes = body instanceof String text
                    ? text.getBytes(StandardCharsets.UTF_8)
                    : body instanceof byte[] raw ? raw : new byte[0];
            write(bytes, response);
        } else {
            try (InputStream in = message.getMandatoryBody(InputStream.class)) {
                in.transferTo(response.getOutputStream());
            } catch (InvalidPayloadException unwritable) {
                throw new IOException(unwritable);
            }
        }
    }

    /**
     * Goes out when the route has ended, from a buffer that has room for all of it: a caller who does not read his answers then
     * keeps no thread waiting.
     */
    private static void write(byte[] bytes, HttpServletResponse response) {
        try {
            response.setBufferSize(bytes.length + 1); // a buffer that is full is written at once
            response.getOutputStream().write(bytes);
        } catch (IOException | IllegalStateException gone) {
            // Where not even its 100 Continue has reached the caller, Jetty says that the answer is committed.
            Unread.tell(response.getStatus(), null, gone);
        }
    }
}

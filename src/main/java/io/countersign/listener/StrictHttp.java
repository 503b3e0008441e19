package io.countersign.listener;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 where Jetty, at its strictest, still takes what RFC 9112 does not let a server take, or what somebody else in the
 * chain may read in another way. Fails closed: the request is refused, and its connection ends.
 */
abstract sealed class StrictHttp extends HttpConnection permits PacedHttp {
    /** A host as in RFC 3986, 3.2.2, and a port. */
    private static final Pattern HOST_PORT =
            Pattern.compile("(?:\\[[0-9A-Za-z:.%]+]|(?:[\\w.~!$&'()*+,;=-]|%\\p{XDigit}{2})+)(?::(?<port>\\d{0,5}))?");

    private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://(?<authority>[^/?#]*)(?:[/?].*)?");
    private static final int LAST_PORT = 65_535;

    private volatile @Nullable String whyGivenUp;

    StrictHttp(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
        super(configuration, connector, endPoint);
    }

    /** What is wrong with what came over a request's connection, where it is no request and nothing more is read. */
    static @Nullable String whyGivenUp(Request request) {
        return request.getConnectionMetaData().getConnection() instanceof StrictHttp http ? http.whyGivenUp : null;
    }

    private void giveUp(HttpException failure) {
        whyGivenUp = Objects.requireNonNullElse(failure.getReason(), "malformed");
    }

    @Override
    protected HttpConnection.RequestHandler newRequestHandler() {
        return new Checked();
    }

    @Override
    protected HttpParser newHttpParser(HttpCompliance compliance) {
        HttpParser.RequestHandler handler =
                (HttpParser.RequestHandler) super.newHttpParser(compliance).getHandler();
        HttpConfiguration configuration = getHttpConfiguration();
        HttpParser parser = new Whole(handler, configuration.getRequestHeaderSize(), compliance);
        parser.setHeaderCacheSize(configuration.getHeaderCacheSize());
        parser.setHeaderCacheCaseSensitive(configuration.isHeaderCacheCaseSensitive());
        return parser;
    }

    /** A connection that ends between the CR and the LF behind a chunk would end the body for Jetty, as if it were whole. */
    private final class Whole extends HttpParser {
        private final HttpParser.RequestHandler handler;

        Whole(HttpParser.RequestHandler handler, int maxHeaderBytes, HttpCompliance compliance) {
            super(handler, maxHeaderBytes, compliance);
            this.handler = handler;
        }

        @Override
        public boolean parseNext(ByteBuffer buffer) {
            if (isAtEOF() && !buffer.hasRemaining() && isState(State.CHUNK_END)) {
                close();
                handler.earlyEOF();
                return false;
            }
            return super.parseNext(buffer);
        }

        /** For Jetty, a body that breaks its framing has come to an early end. */
        @Override
        protected void badMessage(HttpException failure) {
            giveUp(failure);
            super.badMessage(failure);
        }
    }

    private final class Checked extends HttpConnection.RequestHandler {
        private @Nullable HttpVersion version;

        @Override
        public void startRequest(String method, String target, HttpVersion spoken) {
            version = spoken;
            boolean connect = HttpMethod.CONNECT.is(method);
            if (!connect && !isTarget(target)) {
                throw refused("a request target of no form that RFC 9112, 3.2 has");
            }
            super.startRequest(method, target, spoken);
            if (connect) { // what comes behind it may be meant for the tunnel
                throw new HttpException.RuntimeException(HttpStatus.METHOD_NOT_ALLOWED_405, "no tunnel is opened");
            }
        }

        @Override
        public void badMessage(HttpException failure) {
            giveUp(failure);
            super.badMessage(failure);
        }

        @Override
        public void parsedHeader(HttpField field) {
            String value = field.getValue() == null ? "" : field.getValue();
            if (field.getHeader() == HttpHeader.HOST && !value.isEmpty() && !isHostPort(value)) {
                throw refused("Host " + value);
            }
            if (field.getHeader() == HttpHeader.TRANSFER_ENCODING) {
                // Jetty would leave other codings in place, and what is stored would not be what was meant (RFC 9112,
                // 6.1).
                if (version == HttpVersion.HTTP_1_0) {
                    throw refused("Transfer-Encoding in HTTP/1.0");
                }
                if (!HttpHeaderValue.CHUNKED.is(value)) {
                    throw refused("Transfer-Encoding " + value + "; accepted: chunked");
                }
            }
            super.parsedHeader(field);
        }
    }

    private static HttpException.RuntimeException refused(String why) {
        return new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, why);
    }

    /** A path, an asterisk, or the URL of something here. */
    private static boolean isTarget(String target) {
        Matcher absolute = ABSOLUTE.matcher(target);
        return target.startsWith("/")
                || target.equals("*")
                || (absolute.matches() && isHostPort(absolute.group("authority")));
    }

    private static boolean isHostPort(String authority) {
        Matcher matcher = HOST_PORT.matcher(authority);
        if (!matcher.matches()) {
            return false;
        }
        String port = matcher.group("port");
        return port == null || port.isEmpty() || Integer.parseInt(port) <= LAST_PORT;
    }
}

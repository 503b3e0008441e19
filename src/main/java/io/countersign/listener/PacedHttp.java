package io.countersign.listener;

import io.countersign.listener.Ending.IdleException;
import io.countersign.listener.Ending.LateHeaderException;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.util.Callback;

/** HTTP/1.1 that ends a connection at once which {@link Deadlines} gives up, and answers a request that has but begun. */
final class PacedHttp extends StrictHttp {
    private static final int REQUEST_TIMEOUT = 408;

    private final Refusals refusals;

    private PacedHttp(HttpConfiguration configuration, Connector connector, EndPoint endPoint, Refusals refusals) {
        super(configuration, connector, endPoint);
        this.refusals = refusals;
    }

    /** What of it a listener has. */
    static final class Factory extends HttpConnectionFactory {
        private final Refusals refusals;

        Factory(HttpConfiguration configuration, Refusals refusals) {
            super(configuration);
            configuration.setHttpCompliance(HttpCompliance.STRICT); // no line ends with a bare LF
            this.refusals = refusals;
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            return configure(new PacedHttp(getHttpConfiguration(), connector, endPoint, refusals), connector, endPoint);
        }
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        if (cause instanceof IdleException) {
            getEndPoint().close();
        } else if (cause instanceof LateHeaderException late) {
            refuse(Objects.requireNonNull(late.getMessage()));
        } else if (cause instanceof TimeoutException silent && isWithinHeader()) {
            refuse("its header was not whole: " + silent.getMessage());
        } else {
            super.onFillInterestedFailed(cause);
        }
    }

    private boolean isWithinHeader() {
        return getParser().inHeaderState() && !getParser().isStart();
    }

    /** There is no request yet, so nothing else could answer it (RFC 9110, 15.5.9). */
    private void refuse(String reason) {
        Refusal refusal = new Refusal(Code.REQUEST_INVALID, "The request did not come in time.", reason);
        byte[] problem = refusals.refuse(
                        ErrorAnswers.caller(getEndPoint()), ErrorAnswers.shown(getEndPoint()), refusal, REQUEST_TIMEOUT)
                .getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 408 Request Timeout\r\nContent-Type: " + Refusals.PROBLEM_TYPE
                        + "\r\nContent-Length: " + problem.length
                        + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        getEndPoint()
                .write(
                        Callback.from(
                                getEndPoint()::close, failed -> getEndPoint().close()),
                        ByteBuffer.wrap(head),
                        ByteBuffer.wrap(problem));
    }
}

package io.countersign.listener;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Where the requests of all listeners come in. It knows those that are on their way, from their headers to the last byte of
 * their answer; once it is closed, for good, these go on, and each new one is turned away by {@code unavailable} and its
 * connection ends.
 */
public final class Gate {
    private final Refusals refusals;
    private final Set<Visit> inside = ConcurrentHashMap.newKeySet();
    private final Set<Visit> leaving = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Gate(Refusals refusals) {
        this.refusals = refusals;
    }

    /** From here on nobody new gets in. */
    public void close() {
        closed = true;
    }

    /** Where those call from who are on their way. */
    public List<String> inside() {
        return inside.stream()
                .map(visit -> String.valueOf(ErrorAnswers.address(visit.endPoint)))
                .sorted()
                .toList();
    }

    /** Ends the connections of all who are still inside; none of them gets an answer any more. */
    public void cutOff() {
        EofException cutOff = new EofException("cut off, as the service stops");
        inside.forEach(visit -> visit.endPoint.close(cutOff));
    }

    /** Whether somebody who was refused is still sending, and has perhaps not read it yet. */
    public boolean isBeingTold() {
        return !leaving.isEmpty();
    }

    /**
     * The gate of one listener.
     *
     * @param staysOpen whether it belongs to those that are neither closed nor waited for
     */
    Handler.Wrapper at(BooleanSupplier staysOpen) {
        return new Way(staysOpen);
    }

    private final class Way extends Handler.Wrapper {
        private final BooleanSupplier staysOpen;

        Way(BooleanSupplier staysOpen) {
            this.staysOpen = staysOpen;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            if (staysOpen.getAsBoolean()) {
                return super.handle(request, response, callback);
            }
            Visit visit =
                    new Visit(request.getConnectionMetaData().getConnection().getEndPoint());
            inside.add(visit);
            request.addHttpStreamWrapper(stream -> new Counted(stream, visit));
            if (!closed) { // only now, so that whoever has closed it counts this one, or this one sees it
                return super.handle(request, response, callback);
            }
            leaving.add(visit);
            inside.remove(visit);
            Refusal stopping =
                    new Refusal(Code.UNAVAILABLE, "The service is stopping. Send it again later.", "it is stopping");
            response.setStatus(stopping.code().status());
            ErrorAnswers.answer(
                    response,
                    Callback.from(() -> Lingering.linger(request, response, callback), callback::failed),
                    stopping.code(),
                    refusals.refuse(ErrorAnswers.caller(request), ErrorAnswers.shown(request), stopping));
            return true;
        }
    }

    /** Not a record: two on one connection are two. */
    private static final class Visit {
        private final EndPoint endPoint;

        Visit(EndPoint endPoint) {
            this.endPoint = endPoint;
        }
    }

    /** The request and its answer as they go over the wire; ends after the last byte of either. */
    private final class Counted extends HttpStream.Wrapper {
        private final Visit visit;
        private int status;
        private volatile boolean over;

        Counted(HttpStream stream, Visit visit) {
            super(stream);
            this.visit = visit;
        }

        /** A connection that is kept would only bring its client another refusal. */
        @Override
        public void send(
                MetaData.Request request,
                MetaData.Response response,
                boolean last,
                ByteBuffer content,
                Callback callback) {
            boolean head = response != null && !HttpStatus.isInformational(response.getStatus());
            status = head ? response.getStatus() : status;
            boolean refused = status >= HttpStatus.BAD_REQUEST_400;
            super.send(
                    request,
                    head && closed ? closing(response) : response,
                    last,
                    content,
                    last
                            ? new Last(refused ? Callback.from(this::told, callback) : callback, status, visit.endPoint)
                            : callback);
        }

        /** What still comes of the request is read to no end. */
        private void told() {
            leaving.add(visit);
            inside.remove(visit);
            if (over) {
                leaving.remove(visit);
            }
        }

        private static MetaData.Response closing(MetaData.Response response) {
            return new MetaData.Response(
                    response.getStatus(),
                    response.getReason(),
                    response.getHttpVersion(),
                    HttpFields.build(response.getHttpFields())
                            .put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString()),
                    response.getContentLength(),
                    response.getTrailersSupplier());
        }

        @Override
        public void succeeded() {
            try {
                super.succeeded();
            } finally {
                left();
            }
        }

        @Override
        public void failed(Throwable why) {
            try {
                super.failed(why);
            } finally {
                left();
            }
        }

        private void left() {
            over = true;
            inside.remove(visit);
            leaving.remove(visit);
        }
    }

    /** Nobody waits for an answer to go out, so that nobody else would say that it has not. */
    private static final class Last extends Callback.Nested {
        private final int status;
        private final EndPoint connection;

        Last(Callback callback, int status, EndPoint connection) {
            super(callback);
            this.status = status;
            this.connection = connection;
        }

        @Override
        public void failed(Throwable gone) {
            Unread.tell(status, connection, gone);
            super.failed(gone);
        }
    }
}

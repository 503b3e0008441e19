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
    private final Set<Visit> turnedAway = ConcurrentHashMap.newKeySet();
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
        return inside.stream().map(visit -> visit.address).sorted().toList();
    }

    /** Ends the connections of all who are still inside; none of them gets an answer any more. */
    public void cutOff() {
        EofException cutOff = new EofException("cut off, as the service stops");
        inside.forEach(visit -> visit.endPoint.close(cutOff));
    }

    /** Whether somebody has yet to read that he was turned away. */
    public boolean isBeingTold() {
        return !turnedAway.isEmpty();
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
            Refusals.Caller caller = ErrorAnswers.caller(request);
            Visit visit = new Visit(
                    caller.address(),
                    request.getConnectionMetaData().getConnection().getEndPoint());
            inside.add(visit);
            request.addHttpStreamWrapper(stream -> new Counted(stream, visit));
            if (!closed) { // only now, so that whoever has closed it counts this one, or this one sees it
                return super.handle(request, response, callback);
            }
            turnedAway.add(visit);
            inside.remove(visit);
            Refusal stopping =
                    new Refusal(Code.UNAVAILABLE, "The service is stopping. Send it again later.", "it is stopping");
            response.setStatus(stopping.code().status());
            ErrorAnswers.answer(
                    response,
                    Callback.from(() -> Lingering.linger(request, response, callback), callback::failed),
                    stopping.code(),
                    refusals.refuse(caller, stopping));
            return true;
        }
    }

    /** Not a record: two from one address are two. */
    private static final class Visit {
        private final String address;
        private final EndPoint endPoint;

        Visit(String address, EndPoint endPoint) {
            this.address = address;
            this.endPoint = endPoint;
        }
    }

    /** The request and its answer as they go over the wire; ends after the last byte of either. */
    private final class Counted extends HttpStream.Wrapper {
        private final Visit visit;

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
            boolean lastOfConnection = closed && response != null && !HttpStatus.isInformational(response.getStatus());
            super.send(request, lastOfConnection ? closing(response) : response, last, content, callback);
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
            super.succeeded();
            left();
        }

        @Override
        public void failed(Throwable why) {
            super.failed(why);
            left();
        }

        private void left() {
            inside.remove(visit);
            turnedAway.remove(visit);
        }
    }
}

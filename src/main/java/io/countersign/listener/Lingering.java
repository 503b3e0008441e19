package io.countersign.listener;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Reads on for a while, to no end, where a caller was refused before its body's end (RFC 9112, 9.6): some clients, Java's
 * among them, look at the answer only once they have sent everything, and a connection that is closed before tells them
 * nothing. Costs no thread; one that waits for {@code 100 Continue} sends nothing and is not waited for.
 */
final class Lingering extends Handler.Wrapper {
    private static final long SECONDS = 10;
    private static final int BAD_REQUEST = 400;
    private static final int ROOM = 8 * 1024;

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(
                new Unread(request, response),
                response,
                Callback.from(() -> linger(request, response, callback), callback::failed));
    }

    /** What will be read on of needs no reading before the answer, and its connection need not end. */
    private static final class Unread extends Request.Wrapper {
        private final Response response;

        Unread(Request request, Response response) {
            super(request);
            this.response = response;
        }

        @Override
        public boolean consumeAvailable() {
            return isReadOn(getWrapped(), response) || super.consumeAvailable();
        }
    }

    /** Reads on where the answer was a refusal, and ends the request then. */
    static void linger(Request request, Response response, Callback callback) {
        if (!isReadOn(request, response)) {
            callback.succeeded();
            return;
        }
        AtomicBoolean over = new AtomicBoolean();
        read(request, over, limited(request, over, callback));
    }

    private static boolean isReadOn(Request request, Response response) {
        boolean waits = request.getHeaders().contains(HttpHeader.EXPECT) && request.getAttribute(Body.OPENED) == null;
        return response.getStatus() >= BAD_REQUEST && !waits;
    }

    /**
     * The same where what came is no request, and nobody reads on: closing a connection with something unread resets it, and
     * the answer may be lost on its way.
     */
    static void lingerBehindNoRequest(Request request, Callback callback) {
        AtomicBoolean over = new AtomicBoolean();
        drain(endPoint(request), over, limited(request, over, callback));
    }

    /** What ends it, once, and does so by itself when the time is over. */
    private static Runnable limited(Request request, AtomicBoolean over, Callback callback) {
        Runnable end = () -> {
            if (over.compareAndSet(false, true)) {
                callback.succeeded();
            }
        };
        var limit = request.getComponents().getScheduler().schedule(end, SECONDS, TimeUnit.SECONDS);
        return () -> {
            limit.cancel();
            end.run();
        };
    }

    private static EndPoint endPoint(Request request) {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }

    private static void drain(EndPoint endPoint, AtomicBoolean over, Runnable end) {
        ByteBuffer ignored = BufferUtil.allocate(ROOM);
        try {
            while (!over.get()) {
                BufferUtil.clear(ignored);
                int filled = endPoint.fill(ignored);
                if (filled < 0) {
                    end.run();
                    return;
                }
                if (filled == 0) {
                    endPoint.fillInterested(Callback.from(() -> drain(endPoint, over, end), gone -> end.run()));
                    return;
                }
            }
        } catch (IOException | RuntimeException gone) { // or somebody reads already
            end.run();
        }
    }

    private static void read(Request request, AtomicBoolean over, Runnable end) {
        while (!over.get()) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(() -> read(request, over, end));
                return;
            }
            chunk.release();
            if (Content.Chunk.isFailure(chunk) && StrictHttp.whyGivenUp(request) != null) {
                endPoint(request).shutdownOutput();
                drain(endPoint(request), over, end);
                return;
            }
            if (chunk.isLast() || Content.Chunk.isFailure(chunk)) {
                end.run();
                return;
            }
        }
    }
}

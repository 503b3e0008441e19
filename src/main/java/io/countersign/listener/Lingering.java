package io.countersign.listener;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Reads on for a while, to no end, where a caller was refused before its body's end (RFC 9112, 9.6): some clients, Java's
 * among them, look at the answer only once they have sent everything, and a connection that is closed before tells them
 * nothing. Costs no thread; one that waits for {@code 100 Continue} sends nothing and is not waited for.
 */
final class Lingering extends Handler.Wrapper {
    private static final long SECONDS = 10;
    private static final int BAD_REQUEST = 400;

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(
                request, response, Callback.from(() -> linger(request, response, callback), callback::failed));
    }

    /** Reads on where the answer was a refusal, and ends the request then. */
    static void linger(Request request, Response response, Callback callback) {
        boolean waits = request.getHeaders().contains(HttpHeader.EXPECT) && request.getAttribute(Body.OPENED) == null;
        if (response.getStatus() < BAD_REQUEST || waits) {
            callback.succeeded();
            return;
        }
        AtomicBoolean over = new AtomicBoolean();
        Runnable end = () -> {
            if (over.compareAndSet(false, true)) {
                callback.succeeded();
            }
        };
        var limit = request.getComponents().getScheduler().schedule(end, SECONDS, TimeUnit.SECONDS);
        read(request, over, () -> {
            limit.cancel();
            end.run();
        });
    }

    private static void read(Request request, AtomicBoolean over, Runnable end) {
        while (!over.get()) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(() -> read(request, over, end));
                return;
            }
            chunk.release();
            if (chunk.isLast() || Content.Chunk.isFailure(chunk)) {
                end.run();
                return;
            }
        }
    }
}

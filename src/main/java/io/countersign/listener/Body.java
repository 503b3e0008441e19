package io.countersign.listener;

import io.countersign.transfer.Payload;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.IO;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, opened by whoever reads first: opening it is what makes Jetty send {@code 100 Continue}, and a caller
 * that is refused should not be asked for its payload before. What was read of it as a stream is missing from the payload, which
 * then is not given.
 */
final class Body extends Payload {
    /** The request attribute that says so, once it has been. */
    static final String OPENED = "io.countersign.body-opened";

    private static final ByteBuffer NOTHING_YET = ByteBuffer.allocate(0);

    /** In bytes: where more is there, others have their turn first. */
    static final int AT_ONCE = 1 << 20;

    private final HttpServletRequest servlet;
    private final Request request;
    private Content.@Nullable Chunk given;
    private boolean streamed;
    private int atOnce;

    Body(HttpServletRequest servlet) {
        this.servlet = servlet;
        request = ServletContextRequest.getServletContextRequest(servlet);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        servlet.setAttribute(OPENED, true);
        streamed = true;
        try {
            return servlet.getInputStream().read(buffer, offset, length);
        } catch (IOException failed) {
            throw told(failed);
        }
    }

    @Override
    public @Nullable ByteBuffer next() throws IOException {
        if (streamed) {
            throw new IllegalStateException("the body was read before, by another step of the route");
        }
        servlet.setAttribute(OPENED, true);
        close();
        Content.Chunk chunk = atOnce < AT_ONCE ? request.read() : null;
        if (chunk == null) {
            return NOTHING_YET;
        }
        given = chunk;
        atOnce += chunk.remaining();
        if (Content.Chunk.isFailure(chunk)) {
            throw told(IO.rethrow(chunk.getFailure()));
        }
        return chunk.isLast() && !chunk.hasRemaining() ? null : chunk.getByteBuffer();
    }

    @Override
    public void whenMore(Runnable then) {
        boolean isMore = atOnce >= AT_ONCE;
        atOnce = 0;
        if (isMore && request.getConnectionMetaData().getConnector().getExecutor() instanceof FewThreads threads) {
            threads.goOn(then);
        } else {
            request.demand(then);
        }
    }

    /** Gives back what was given last. */
    @Override
    public void close() {
        if (given != null) {
            given.release();
            given = null;
        }
    }

    private IOException told(IOException failed) {
        String why = StrictHttp.whyGivenUp(request);
        return why == null ? failed : new ProtocolException(why);
    }
}

package io.countersign.client;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * Ends a call whose server takes nothing of a {@link SendingFile} any more, or does not come to the end of its answer once
 * it has it. A socket's timeout holds for a single read: a write to a server that does not read, an answer in drops, and
 * interim answers without end would hold the call for ever.
 */
final class Stalled implements ExecChainHandler {
    private static final int LOOKS = 4;

    private final long millis;
    private final ScheduledExecutorService watch;

    /** @param millis without a byte taken after which a call has stalled */
    Stalled(long millis, ScheduledExecutorService watch) {
        this.millis = millis;
        this.watch = watch;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (millis <= 0 || !(request.getEntity() instanceof SendingFile file)) {
            return chain.proceed(request, scope);
        }
        file.begin();
        AtomicBoolean stalled = new AtomicBoolean();
        ScheduledFuture<?> looking = watch.scheduleWithFixedDelay(
                () -> {
                    boolean late = file.hasTakenNothingFor(file.isWriting() ? millis : millis + millis / LOOKS);
                    if (late && stalled.compareAndSet(false, true)) {
                        scope.execRuntime.discardEndpoint();
                    }
                },
                millis / LOOKS,
                Math.max(1, millis / LOOKS),
                TimeUnit.MILLISECONDS);
        try {
            return chain.proceed(request, scope);
        } catch (IOException | RuntimeException broken) {
            if (stalled.get()) {
                boolean whole = file.sent() == file.getContentLength();
                SocketTimeoutException reason = new SocketTimeoutException(
                        whole
                                ? "the server did not come to the end of an answer within " + millis + " ms"
                                : "the server took nothing for " + millis + " ms, after " + file.sent() + " of "
                                        + file.getContentLength() + " bytes");
                reason.initCause(broken);
                throw reason;
            }
            throw broken;
        } finally {
            looking.cancel(false);
        }
    }
}

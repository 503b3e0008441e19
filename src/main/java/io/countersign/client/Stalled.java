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
 * Ends a call whose server takes nothing of a {@link SendingFile} any more. A socket's timeout holds for reading alone; a
 * write to a server that does not read would wait for ever.
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
        AtomicBoolean stalled = new AtomicBoolean();
        ScheduledFuture<?> looking = watch.scheduleWithFixedDelay(
                () -> {
                    if (file.hasTakenNothingFor(millis) && stalled.compareAndSet(false, true)) {
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
                SocketTimeoutException reason = new SocketTimeoutException("the server took nothing for " + millis
                        + " ms, after " + file.sent() + " of " + file.getContentLength() + " bytes");
                reason.initCause(broken);
                throw reason;
            }
            throw broken;
        } finally {
            looking.cancel(false);
        }
    }
}

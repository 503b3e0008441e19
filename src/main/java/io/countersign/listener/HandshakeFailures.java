package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusals.Caller;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.jspecify.annotations.Nullable;

/** Records every handshake that fails, with the reason that our trust gave where it was ours. */
final class HandshakeFailures implements SslHandshakeListener {
    private final Refusals refusals;

    HandshakeFailures(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    public void handshakeFailed(Event event, Throwable failure) {
        refusals.refuseHandshake(Caller.of(null, address(event), null), reason(failure));
    }

    private static @Nullable String address(Event event) {
        return event.getEndPoint() != null
                        && event.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress socket
                        && socket.getAddress() != null
                ? Addresses.format(socket.getAddress())
                : null;
    }

    private static String reason(Throwable failure) {
        Throwable innermost = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return String.valueOf(cause.getMessage());
            }
            innermost = cause;
        }
        String message = innermost.getMessage();
        return message == null ? "the connection was closed before the handshake ended" : message;
    }
}

package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.sighting.Sightings;
import io.countersign.tls.Certificates;
import io.countersign.tls.UnknownCertificateException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.jspecify.annotations.Nullable;

/** Records every handshake that fails, with the reason that our trust gave where it was ours. */
final class HandshakeFailures implements SslHandshakeListener {
    private final Refusals refusals;
    private final Sightings sightings;

    HandshakeFailures(Refusals refusals, Sightings sightings) {
        this.refusals = refusals;
        this.sightings = sightings;
    }

    @Override
    public void handshakeFailed(Event event, Throwable failure) {
        String address = address(event);
        X509Certificate unknown = unknown(failure);
        refusals.refuseHandshake(
                Caller.of(null, address, unknown == null ? null : Certificates.fingerprint(unknown)), reason(failure));
        if (unknown != null) {
            sightings.refused(unknown, address == null ? "-" : address, false);
        }
    }

    private static @Nullable X509Certificate unknown(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownCertificateException unknown) {
                return unknown.certificate();
            }
        }
        return null;
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

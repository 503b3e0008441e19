package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.Shown;
import io.countersign.sighting.Sightings;
import io.countersign.tls.Certificates;
import io.countersign.tls.RefusedCertificateException;
import io.countersign.tls.UnknownCertificateException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.jspecify.annotations.Nullable;

/**
 * Records every handshake that fails, with the reason that our trust gave where it was ours; but not every second that a
 * proxy looks whether we are there.
 */
final class HandshakeFailures implements SslHandshakeListener {
    private final Refusals refusals;
    private final Sightings sightings;

    HandshakeFailures(Refusals refusals, Sightings sightings) {
        this.refusals = refusals;
        this.sightings = sightings;
    }

    @Override
    public void handshakeFailed(Event event, Throwable failure) {
        RefusedCertificateException refused = refused(failure);
        if (refused == null && isQuestion(event, failure)) {
            return;
        }
        String address = address(event);
        refusals.refuseHandshake(
                Caller.of(null, address, refused == null ? null : Certificates.fingerprint(refused.certificate())),
                Shown.NOTHING,
                reason(failure));
        if (refused instanceof UnknownCertificateException) {
            sightings.refused(refused.certificate(), address == null ? "-" : address, false);
        }
    }

    /** A proxy says that it speaks for itself, and shows no certificate; or it breaks off once it has seen ours. */
    private static boolean isQuestion(Event event, Throwable failure) {
        OfProxyItself own = OfProxyItself.in(event.getEndPoint());
        Throwable why = innermost(failure);
        return own != null
                && (own.isSaid() || !(why instanceof SSLException || why instanceof GeneralSecurityException));
    }

    private static Throwable innermost(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost;
    }

    private static @Nullable RefusedCertificateException refused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedCertificateException refused) {
                return refused;
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
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return String.valueOf(cause.getMessage());
            }
        }
        String message = innermost(failure).getMessage();
        return message == null ? "the connection was closed before the handshake ended" : message;
    }
}

package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.Shown;
import io.countersign.sighting.Sightings;
import io.countersign.tls.Certificates;
import io.countersign.tls.ClientHello;
import io.countersign.tls.Handshakes.Handshake;
import io.countersign.tls.ListenerTls;
import io.countersign.tls.RefusedCertificateException;
import io.countersign.tls.UnknownCertificateException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.jspecify.annotations.Nullable;

/**
 * Records every handshake that fails, with what the caller has shown, and why; but not every second that a proxy looks
 * whether we are there.
 */
final class HandshakeFailures implements SslHandshakeListener {
    private final Supplier<ListenerTls> spoken;
    private final Refusals refusals;
    private final Sightings sightings;

    /** @param spoken what new connections speak */
    HandshakeFailures(Supplier<ListenerTls> spoken, Refusals refusals, Sightings sightings) {
        this.spoken = spoken;
        this.refusals = refusals;
        this.sightings = sightings;
    }

    @Override
    public void handshakeSucceeded(Event event) {
        var unused = ended(event, spoken.get());
    }

    @Override
    public void handshakeFailed(Event event, Throwable failure) {
        ListenerTls tls = spoken.get();
        Handshake handshake = ended(event, tls);
        RefusedCertificateException refused = refused(failure);
        if (refused == null && isQuestion(event, failure)) {
            return;
        }
        String address = address(event);
        List<X509Certificate> shown =
                handshake.shown().isEmpty() && refused != null ? List.of(refused.certificate()) : handshake.shown();
        refusals.refuseHandshake(
                Caller.of(null, address, shown.isEmpty() ? null : Certificates.fingerprint(shown.get(0))),
                new Shown(version(handshake), server(handshake), shown, refused instanceof UnknownCertificateException),
                reason(new FailedHandshake(failure, handshake, alert(event), tls)));
        if (refused instanceof UnknownCertificateException) {
            sightings.refused(refused.certificate(), address == null ? "-" : address, false);
        }
    }

    /** However it is worded, it is recorded. */
    private static String reason(FailedHandshake failed) {
        try {
            return failed.reason();
        } catch (RuntimeException unexplained) {
            return String.valueOf(failed.failure());
        }
    }

    private static Handshake ended(Event event, ListenerTls tls) {
        Watched watched = Watched.in(event.getEndPoint());
        if (watched != null) {
            watched.over();
        }
        return tls.handshakes().ended(event.getSSLEngine());
    }

    private static Optional<ClientAlert> alert(Event event) {
        Watched watched = Watched.in(event.getEndPoint());
        return watched == null ? Optional.empty() : watched.alert();
    }

    static @Nullable String version(Handshake handshake) {
        ClientHello offer = handshake.offer();
        if (handshake.version() != null || offer == null || offer.versions().isEmpty()) {
            return handshake.version();
        }
        return "up to " + offer.versions().get(0);
    }

    static @Nullable String server(Handshake handshake) {
        ClientHello offer = handshake.offer();
        return offer == null ? null : offer.server();
    }

    /** A proxy says that it speaks for itself, and shows no certificate; or it breaks off once it has seen ours. */
    private static boolean isQuestion(Event event, Throwable failure) {
        OfProxyItself own = OfProxyItself.in(event.getEndPoint());
        Throwable why = FailedHandshake.innermost(failure);
        return own != null
                && (own.isSaid() || !(why instanceof SSLException || why instanceof GeneralSecurityException));
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
}

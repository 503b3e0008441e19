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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.jspecify.annotations.Nullable;

/**
 * Records every handshake that fails, with what the caller has shown, and why; but not every second that a proxy looks
 * whether we are there.
 */
final class HandshakeFailures implements SslHandshakeListener {
    private final Supplier<ListenerTls> spoken;
    private final Connections connections;
    private final Refusals refusals;
    private final Sightings sightings;

    /** @param spoken what new connections speak */
    HandshakeFailures(Supplier<ListenerTls> spoken, Connections connections, Refusals refusals, Sightings sightings) {
        this.spoken = spoken;
        this.connections = connections;
        this.refusals = refusals;
        this.sightings = sightings;
    }

    @Override
    public void handshakeSucceeded(Event event) {
        Watched watched = Wrapped.find(event.getEndPoint(), Watched.class);
        boolean unused = watched != null && watched.over();
        spoken.get().handshakes().ended(event.getSSLEngine());
        LimitedEndPoint connection = Wrapped.find(event.getEndPoint(), LimitedEndPoint.class);
        if (connection != null) {
            connections.room().settled(connection);
        }
        InetAddress caller = event.getEndPoint() == null ? null : Peer.address(event.getEndPoint());
        if (caller != null && hasShown(event)) {
            connections.handshakes().succeeded(caller);
        }
    }

    @Override
    public void handshakeFailed(Event event, Throwable failure) {
        Watched watched = Wrapped.find(event.getEndPoint(), Watched.class);
        if (watched != null && !watched.over()) {
            return;
        }
        ListenerTls tls = spoken.get();
        Handshake handshake = tls.handshakes().ended(event.getSSLEngine());
        RefusedCertificateException refused = refused(failure);
        if ((refused == null && isQuestion(event, failure)) || !LimitedEndPoint.tells(event.getEndPoint())) {
            return;
        }
        String ours = LimitedEndPoint.why(event.getEndPoint());
        String address = address(event);
        List<X509Certificate> shown =
                handshake.shown().isEmpty() && refused != null ? List.of(refused.certificate()) : handshake.shown();
        refusals.refuseHandshake(
                Caller.of(null, address, shown.isEmpty() ? null : Certificates.fingerprint(shown.get(0))),
                new Shown(version(handshake), server(handshake), shown, refused instanceof UnknownCertificateException),
                ours != null
                        ? "does not come to the end of its handshake: " + ours
                        : reason(new FailedHandshake(failure, handshake, alert(event), tls)));
        if (refused instanceof UnknownCertificateException) {
            sightings.refused(refused.certificate(), address == null ? "-" : address, false);
        }
    }

    /** A certificate that has been found genuine: whoever was not asked for one could be anybody. */
    private static boolean hasShown(Event event) {
        try {
            return event.getSSLEngine().getSession().getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException none) {
            return false;
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

    private static Optional<ClientAlert> alert(Event event) {
        Watched watched = Wrapped.find(event.getEndPoint(), Watched.class);
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
        OfProxyItself own = Wrapped.find(event.getEndPoint(), OfProxyItself.class);
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

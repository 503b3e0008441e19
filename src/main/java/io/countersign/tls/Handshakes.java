package io.countersign.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** How far each handshake of a listener has come; JSSE forgets it as soon as one fails. */
public final class Handshakes {
    private final Map<SSLEngine, Handshake> underWay = new WeakHashMap<>();

    /**
     * A handshake, as far as it has come.
     *
     * @param offer none where what came first was no offer
     * @param version that was agreed upon; none where it did not come to that
     * @param answered whether we have shown our own certificate
     * @param shown by the caller, its own first
     */
    public record Handshake(
            @Nullable ClientHello offer, @Nullable String version, boolean answered, List<X509Certificate> shown) {
        static final Handshake NOT_BEGUN = new Handshake(null, null, false, List.of());
    }

    /** What came first. */
    public synchronized void began(SSLEngine engine, ClientHello offer) {
        underWay.put(engine, new Handshake(offer, null, false, List.of()));
    }

    synchronized void answered(SSLEngine engine) {
        Handshake before = underWay.getOrDefault(engine, Handshake.NOT_BEGUN);
        underWay.put(engine, new Handshake(before.offer(), version(engine), true, before.shown()));
    }

    synchronized void shown(SSLEngine engine, List<X509Certificate> certificates) {
        Handshake before = underWay.getOrDefault(engine, Handshake.NOT_BEGUN);
        underWay.put(engine, new Handshake(before.offer(), version(engine), before.answered(), certificates));
    }

    /** What is known of it, which then is forgotten. */
    public synchronized Handshake ended(SSLEngine engine) {
        Handshake known = underWay.remove(engine);
        return known == null ? Handshake.NOT_BEGUN : known;
    }

    private static @Nullable String version(SSLEngine engine) {
        SSLSession session = engine.getHandshakeSession();
        return session == null ? null : session.getProtocol();
    }
}

package io.countersign.admission;

import io.countersign.address.Addresses;
import io.countersign.proxy.ClientCertHeader;
import io.countersign.proxy.Proxies;
import io.countersign.proxy.UnclearCallerException;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.tls.ProxyTrust;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who calls where a proxy may say so. Asked at every request, since connections and sessions outlive the lists that they
 * were made under. Fails closed: whoever is not known to be a proxy now says nothing of anybody but himself.
 *
 * @param proxies none where callers' addresses are those of their connections
 * @param trust none where callers' certificates are those of their connections
 */
record ProxyWord(@Nullable Proxies proxies, @Nullable ProxyTrust trust) {
    /** @param connected what the connection says of the caller */
    Caller caller(Caller connected, HttpServletRequest request, Instant now) throws Refusal {
        if (proxies == null && trust == null) {
            return connected;
        }
        if (!(request.getAttribute(Proxies.PEER) instanceof InetAddress peer)) {
            throw new IllegalStateException("the connection has gone, and nobody knows whose it was");
        }
        List<X509Certificate> certificates =
                trust == null ? connected.certificates() : vouched(trust, connected, peer, request, now);
        return new Caller(certificates, address(connected, peer, request));
    }

    private InetAddress address(Caller connected, InetAddress peer, HttpServletRequest request) throws Refusal {
        if (proxies == null) {
            return connected.address();
        }
        if (proxies.sayInRequests()
                && proxies.isListed(peer)
                && trust == null
                && !connected.certificates().isEmpty()) {
            throw unclear("the caller speaks TLS with us through the proxy " + Addresses.format(peer)
                    + ", and can write itself what " + proxies.header() + " says");
        }
        try {
            return proxies.caller(
                    peer, (InetAddress) request.getAttribute(Proxies.NAMED), name -> lines(request, name));
        } catch (UnclearCallerException unclear) {
            throw unclear(unclear.reason());
        }
    }

    private List<X509Certificate> vouched(
            ProxyTrust trust, Caller connected, InetAddress peer, HttpServletRequest request, Instant now)
            throws Refusal {
        if (proxies == null || !proxies.isListed(peer)) {
            throw unknown(
                    proxies == null || proxies.isEmpty()
                            ? "no proxies are listed, so that nobody may say what certificate a caller has"
                            : proxies.whyNot(peer) + ", and may not say what certificate a caller has");
        }
        String proxy = "the proxy " + Addresses.format(peer);
        if (connected.certificates().isEmpty()) {
            throw unknown(proxy + " has shown no certificate of its own");
        }
        try {
            trust.check(connected.certificates(), now);
        } catch (CertificateException refused) {
            throw unknown(proxy + " may not say what certificate a caller has: " + refused.getMessage());
        }
        try {
            return ClientCertHeader.read(
                    lines(request, ClientCertHeader.CERTIFICATE), lines(request, ClientCertHeader.CHAIN));
        } catch (UnclearCallerException unclear) {
            throw Refusal.of(Code.REQUEST_INVALID, unclear.reason());
        }
    }

    private static Refusal unclear(String reason) {
        return new Refusal(Code.ADDRESS_NOT_ALLOWED, "Where you call from is not known here.", reason);
    }

    private static Refusal unknown(String reason) {
        return new Refusal(Code.CERTIFICATE_UNKNOWN, "What certificate you have is not known here.", reason);
    }

    private static List<String> lines(HttpServletRequest request, String name) {
        return Collections.list(request.getHeaders(name));
    }
}

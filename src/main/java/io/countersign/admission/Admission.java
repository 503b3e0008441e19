package io.countersign.admission;

import io.countersign.address.Addresses;
import io.countersign.dns.Names;
import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners;
import io.countersign.proxy.Proxies;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Shown;
import io.countersign.settings.ByteSize;
import io.countersign.sighting.Sightings;
import io.countersign.tls.Certificates;
import io.countersign.tls.ProxyTrust;
import io.countersign.transfer.Transfer;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * The first step behind a listener: who calls (by the certificate of the TLS session) and where from (by the socket's
 * address), unless a proxy in front may say so; and whether that partner may hand over what it announces. Sets the exchange
 * properties {@code partner} and {@code transfer}. Asked on every request, since a connection and a session outlive the trust
 * they were made under.
 *
 * <p>Fails closed: who is not known is refused, unless the route says {@code anyone: "true"} on this bean; such callers
 * are then the partner {@value #ANYONE}. Reads no body.
 */
public final class Admission implements Processor {
    private static final String ANYONE = "anyone";

    private @Nullable Partners partners;
    private @Nullable Sightings sightings;
    private @Nullable Proxies proxies;
    private @Nullable ProxyTrust proxyTrust;
    private long maxSize = Long.MAX_VALUE;
    private boolean anyone;
    private WhereFrom whereFrom = new WhereFrom(null);

    public void setPartners(Partners partners) {
        this.partners = partners;
    }

    /** Is told which certificates were admitted, and which nobody knows; none where that is not recorded. */
    public void setSightings(Sightings sightings) {
        this.sightings = sightings;
    }

    /** Say whether a caller's address is that of a host; without them, none is. */
    public void setNames(Names names) {
        whereFrom = new WhereFrom(names);
    }

    /** Who stands in front of the listener, and may say where a caller calls from; nobody where it is not set. */
    public void setProxies(Proxies proxies) {
        this.proxies = proxies;
    }

    /**
     * Which of the {@link #setProxies proxies} may say what certificate a caller has shown them (RFC 9440). Nobody but these is
     * then admitted, and their own certificates are nobody's.
     */
    public void setProxyTrust(ProxyTrust proxyTrust) {
        this.proxyTrust = proxyTrust;
    }

    /** The largest payload taken from anybody. */
    public void setMaxSize(String maxSize) {
        this.maxSize = ByteSize.parse(maxSize);
    }

    /** Admits callers without a certificate too, from any address, as {@value #ANYONE}. */
    public void setAnyone(boolean anyone) {
        this.anyone = anyone;
    }

    @Override
    public void process(Exchange exchange) throws Refusal {
        HttpServletRequest request = Caller.request(exchange);
        Caller connected = Caller.of(request);
        exchange.setProperty(
                Refusals.CALLER,
                Refusals.Caller.of(null, Addresses.format(connected.address()), fingerprint(connected)));
        String tls = (String) request.getAttribute(Shown.TLS);
        exchange.setProperty(Refusals.SHOWN, Shown.certificates(tls, connected.certificates()));
        Caller caller = new ProxyWord(proxies, proxyTrust).caller(connected, request, now());
        exchange.setProperty(Refusals.SHOWN, Shown.certificates(tls, caller.certificates()));
        String address = Addresses.format(caller.address());
        String certificate = fingerprint(caller);
        exchange.setProperty(Refusals.CALLER, Refusals.Caller.of(null, address, certificate));
        if (certificate == null && anyone) {
            admit(exchange, new Transfer(newId(), ANYONE, null, address, maxSize));
            return;
        }
        KnownPartner partner = who(caller);
        exchange.setProperty(Refusals.CALLER, Refusals.Caller.of(partner.id(), address, certificate));
        whereFrom.check(partner, caller);
        if (!partner.enabled()) {
            throw new Refusal(
                    Code.PARTNER_DISABLED, "You are switched off here.", "enabled: false in the partner's file");
        }
        admit(
                exchange,
                new Transfer(newId(), partner.id(), certificate, address, Math.min(maxSize, partner.maxSize())));
        if (sightings != null && certificate != null) {
            sightings.admitted(partner.id(), certificate, caller.certificates().get(0), address);
        }
    }

    private Instant now() {
        return partners == null ? Instant.now() : partners.clock().instant();
    }

    private static @Nullable String fingerprint(Caller caller) {
        return caller.certificates().isEmpty()
                ? null
                : Certificates.fingerprint(caller.certificates().get(0));
    }

    private KnownPartner who(Caller caller) throws Refusal {
        if (caller.certificates().isEmpty()) {
            throw Refusal.of(Code.CERTIFICATE_MISSING, "No client certificate was shown.");
        }
        try {
            return Objects.requireNonNull(partners, "partners is not set").identify(caller.certificates());
        } catch (Refusal refusal) {
            if (sightings != null && refusal.code() == Code.CERTIFICATE_UNKNOWN) {
                // The handshake has ended, so the caller has the key.
                sightings.refused(caller.certificates().get(0), Addresses.format(caller.address()), true);
            }
            throw refusal;
        }
    }

    private static void admit(Exchange exchange, Transfer transfer) throws Refusal {
        Message message = exchange.getMessage();
        Long announced = message.getHeader(Exchange.CONTENT_LENGTH, Long.class);
        if (announced != null && announced > transfer.maxSize()) {
            throw Refusal.of(
                    Code.TOO_LARGE,
                    "Announced are " + announced + " bytes, at most " + transfer.maxSize() + " are taken.");
        }
        exchange.setProperty(Transfer.PARTNER, transfer.partner());
        exchange.setProperty(Transfer.PROPERTY, transfer);
    }

    private static String newId() {
        return Transfer.newId(Instant.now());
    }
}

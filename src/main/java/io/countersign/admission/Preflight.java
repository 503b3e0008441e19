package io.countersign.admission;

import io.countersign.address.Addresses;
import io.countersign.dns.Names;
import io.countersign.kept.Rates;
import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners;
import io.countersign.proxy.Proxies;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Shown;
import io.countersign.sighting.Sightings;
import io.countersign.tls.Certificates;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Tells a caller what we see of it, and whether it would be admitted, behind a listener of its own for partners to be: its own
 * certificate and address, and nothing about anybody else or what we trust. What it would be refused for is recorded like a
 * refusal, and its certificate kept for an operator to approve. Reads no body. Fails closed: it admits nobody, and asked too
 * often it answers {@code rate-limited}.
 */
public final class Preflight implements Processor {
    private static final int SOURCES = 10_000;

    private final Rates rates = new Rates(SOURCES);
    private @Nullable Partners partners;
    private @Nullable Sightings sightings;
    private @Nullable Proxies proxies;
    private @Nullable Refusals refusals;
    private WhereFrom whereFrom = new WhereFrom(null);
    private int perMinute = 10;
    private int allPerMinute = 120;

    public void setPartners(Partners partners) {
        this.partners = partners;
    }

    public void setSightings(Sightings sightings) {
        this.sightings = sightings;
    }

    public void setNames(Names names) {
        whereFrom = new WhereFrom(names);
    }

    public void setProxies(Proxies proxies) {
        this.proxies = proxies;
    }

    public void setRefusals(Refusals refusals) {
        this.refusals = refusals;
    }

    /** How often one address (of IPv6, one network of 64 bits) may ask in a minute. */
    public void setPerMinute(int perMinute) {
        this.perMinute = perMinute;
    }

    /** How often all together may. */
    public void setAllPerMinute(int allPerMinute) {
        this.allPerMinute = allPerMinute;
    }

    @Override
    public void process(Exchange exchange) throws Refusal {
        HttpServletRequest request = Caller.request(exchange);
        Caller connected = Caller.of(request);
        Instant now =
                Objects.requireNonNull(partners, "partners is not set").clock().instant();
        exchange.setProperty(Refusals.CALLER, Refusals.Caller.of(null, Addresses.format(connected.address()), null));
        limit(connected.address(), Instant.now());
        Caller caller = new ProxyWord(proxies, null).caller(connected, request, now);
        Shown shown = Shown.certificates((String) request.getAttribute(Shown.TLS), caller.certificates());
        Verdict verdict = verdict(caller, shown, now);
        Message message = exchange.getMessage();
        boolean json = String.valueOf(message.getHeader("Accept")).contains("json");
        message.removeHeaders("*");
        message.setHeader(Exchange.CONTENT_TYPE, json ? "application/json" : "text/plain;charset=utf-8");
        message.setHeader("Cache-Control", "no-store");
        message.setBody(json ? verdict.json() : verdict.text());
    }

    private void limit(InetAddress address, Instant now) throws Refusal {
        if (!rates.isWithin(Addresses.source(address), perMinute, now) || !rates.isWithin("all", allPerMinute, now)) {
            throw Refusal.of(Code.RATE_LIMITED, "This may be asked a few times in a minute; ask again later.");
        }
    }

    private Verdict verdict(Caller caller, Shown shown, Instant now) {
        String address = Addresses.format(caller.address());
        try {
            KnownPartner partner = admitted(caller);
            return new Verdict(partner.id(), null, null, List.of(), shown, address);
        } catch (Refusal refusal) {
            String fingerprint = shown.certificates().isEmpty()
                    ? null
                    : Certificates.fingerprint(shown.certificates().get(0));
            Refusal asked =
                    new Refusal(refusal.code(), refusal.detail(), "asked by preflight: " + refusal.reason(), refusal);
            Refusal recorded = refusal.isApprovable() ? asked.asApprovable() : asked;
            String problem = Objects.requireNonNull(refusals, "refusals is not set")
                    .refuse(Refusals.Caller.of(null, address, fingerprint), shown, recorded);
            if (sightings != null && fingerprint != null && refusal.isApprovable()) {
                // Any stranger gets here: what he shows must not drive out what came through a handshake that we
                // trusted.
                sightings.refused(shown.certificates().get(0), address, false);
            }
            boolean doubted = fingerprint != null && isAboutCertificate(refusal.code());
            return new Verdict(
                    null,
                    refusal,
                    problem,
                    doubted ? OwnFaults.of(shown.certificates(), now) : List.of(),
                    shown,
                    address);
        }
    }

    private static boolean isAboutCertificate(Code code) {
        return code == Code.CERTIFICATE_UNKNOWN || code == Code.CERTIFICATE_EXPIRED;
    }

    private KnownPartner admitted(Caller caller) throws Refusal {
        if (caller.certificates().isEmpty()) {
            throw Refusal.of(Code.CERTIFICATE_MISSING, "No client certificate was shown.");
        }
        KnownPartner partner = Objects.requireNonNull(partners).identify(caller.certificates());
        whereFrom.check(partner, caller);
        if (!partner.enabled()) {
            throw new Refusal(
                    Code.PARTNER_DISABLED, "You are switched off here.", "enabled: false in the partner's file");
        }
        return partner;
    }
}

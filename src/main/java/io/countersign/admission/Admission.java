package io.countersign.admission;

import io.countersign.address.Addresses;
import io.countersign.address.Finding;
import io.countersign.dns.Names;
import io.countersign.dns.WaitingRoom;
import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import io.countersign.settings.ByteSize;
import io.countersign.sighting.Sightings;
import io.countersign.tls.Certificates;
import io.countersign.transfer.Transfer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * The first step behind a listener: who calls (by the certificate of the TLS session alone), where from (by the socket's
 * address), and whether that partner may hand over what it announces. Sets the exchange properties {@code partner} and
 * {@code transfer}. Asked on every request, since a connection and a session outlive the trust they were made under.
 *
 * <p>Fails closed: who is not known is refused, unless the route says {@code anyone: "true"} on this bean; such callers
 * are then the partner {@value #ANYONE}. Reads no body.
 */
public final class Admission implements Processor {
    private static final String ANYONE = "anyone";
    /** Every look-up ends in time by itself, and says then what it was about. */
    private static final Duration MORE = Duration.ofMillis(500);

    private @Nullable Partners partners;
    private @Nullable Sightings sightings;
    private long maxSize = Long.MAX_VALUE;
    private boolean anyone;
    private @Nullable Names names;
    private final WaitingRoom waitingRoom = new WaitingRoom();

    public void setPartners(Partners partners) {
        this.partners = partners;
    }

    /** Is told which certificates were admitted, and which nobody knows; none where that is not recorded. */
    public void setSightings(Sightings sightings) {
        this.sightings = sightings;
    }

    /** Say whether a caller's address is that of a host; without them, none is. */
    public void setNames(Names names) {
        this.names = names;
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
        Caller caller = Caller.of(exchange);
        String address = Addresses.format(caller.address());
        String certificate = caller.certificates().isEmpty()
                ? null
                : Certificates.fingerprint(caller.certificates().get(0));
        exchange.setProperty(Refusals.CALLER, Refusals.Caller.of(null, address, certificate));
        if (certificate == null && anyone) {
            admit(exchange, new Transfer(newId(), ANYONE, null, address, maxSize));
            return;
        }
        KnownPartner partner = who(caller);
        exchange.setProperty(Refusals.CALLER, Refusals.Caller.of(partner.id(), address, certificate));
        checkAddress(partner, caller);
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

    private void checkAddress(KnownPartner partner, Caller caller) throws Refusal {
        Finding finding = found(
                partner,
                partner.addresses().find(caller.address(), caller.certificates().get(0), names),
                names == null ? Duration.ZERO : names.longestWait());
        if (!finding.fits()) {
            String address = Addresses.format(caller.address());
            throw new Refusal(
                    Code.ADDRESS_NOT_ALLOWED,
                    finding.undetermined()
                            ? "Whether you may call from " + address + " cannot be found out at the moment."
                            : "You may not call from " + address + ".",
                    finding.reason());
        }
    }

    private Finding found(KnownPartner partner, CompletableFuture<Finding> finding, Duration wait) {
        try {
            return waitingRoom
                    .await(finding, partner.id(), wait.plus(MORE))
                    .orElseGet(() -> Finding.unknown("too many requests wait for what name servers say"));
        } catch (ExecutionException failed) {
            return Finding.unknown("the address could not be checked: " + failed.getCause());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Finding.unknown("the service stops");
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

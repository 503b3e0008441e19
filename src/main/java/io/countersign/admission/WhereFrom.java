package io.countersign.admission;

import io.countersign.address.Addresses;
import io.countersign.address.Finding;
import io.countersign.dns.Names;
import io.countersign.dns.WaitingRoom;
import io.countersign.partner.KnownPartner;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Whether a partner may call from where it calls. Waits a bounded time for name servers, where they must say so. */
final class WhereFrom {
    /** Every look-up ends in time by itself, and says then what it was about. */
    private static final Duration MORE = Duration.ofMillis(500);

    private final @Nullable Names names;
    private final WaitingRoom waitingRoom = new WaitingRoom();

    WhereFrom(@Nullable Names names) {
        this.names = names;
    }

    /** @throws Refusal where it may not, or where nobody says now that it may */
    void check(KnownPartner partner, Caller caller) throws Refusal {
        Finding finding = await(
                partner,
                partner.addresses().find(caller.address(), caller.certificates().get(0), names));
        if (!finding.fits()) {
            String address = Addresses.format(caller.address());
            throw new Refusal(
                    Code.ADDRESS_NOT_ALLOWED,
                    finding.undetermined()
                            ? "Whether you may call from " + address + " cannot be found out at the moment."
                            : "You may not call from " + address + ".",
                    finding.reason(),
                    null,
                    finding.undetermined());
        }
    }

    private Finding await(KnownPartner partner, CompletableFuture<Finding> finding) {
        Duration wait = names == null ? Duration.ZERO : names.longestWait();
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
}

package io.countersign.admission;

import io.countersign.address.Addresses;
import io.countersign.address.Finding;
import io.countersign.dns.Inquiry;
import io.countersign.dns.Names;
import io.countersign.dns.WaitingRoom;
import io.countersign.partner.KnownPartner;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Whether a partner may call from where it calls. Waits a bounded time for name servers, where they must say so. */
final class WhereFrom {
    private final WaitingRoom waitingRoom;

    /** @param names none where nobody can be asked */
    WhereFrom(@Nullable Names names) {
        this.waitingRoom = new WaitingRoom(names);
    }

    /** @throws Refusal where it may not, or where nobody says now that it may */
    void check(KnownPartner partner, Caller caller) throws Refusal {
        Finding finding = find(partner, caller);
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

    private Finding find(KnownPartner partner, Caller caller) {
        try (Inquiry inquiry = waitingRoom.inquiry(partner.id())) {
            return inquiry.await(partner.addresses()
                            .find(caller.address(), caller.certificates().get(0), inquiry))
                    .orElseGet(() -> Finding.unknown("name servers were waited for in vain"));
        } catch (ExecutionException failed) {
            return Finding.unknown("the address could not be checked: " + failed.getCause());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Finding.unknown("the service stops");
        }
    }
}

package io.countersign.limit;

import io.countersign.kept.Allowance;
import io.countersign.partner.KnownPartner;
import io.countersign.partner.PartnerLimits;
import io.countersign.partner.Partners;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.settings.Rate;
import io.countersign.transfer.Payload;
import io.countersign.transfer.Transfer;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Right behind admission: whether this partner has room for one more transfer now, and requests and bytes left in its time. The
 * place is given back when the route ends, before the caller has its answer. Reads no body. Fails closed: {@code
 * rate-limited}, with the time after which to come back (RFC 6585, section 4), and {@code unavailable} where it is not this
 * partner who has taken all the room.
 *
 * <p>A payload may be larger than what is left of the bytes; what comes after it then waits. Counts are this process's own, and
 * begin anew with it.
 */
public final class Limits implements Processor {
    /** Transfers end at any time; rates say themselves when. */
    private static final int SECONDS_UNTIL_A_PLACE = 5;

    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private final Account all = new Account();
    private @Nullable Partners partners;
    private int maxTransfers = 1_000;
    private int partnerMaxTransfers = 300;
    private Rate partnerMaxRequests = Rate.UNLIMITED;
    private Rate partnerMaxBytes = Rate.UNLIMITED;

    /** Whose files may say otherwise. */
    public void setPartners(Partners partners) {
        this.partners = partners;
    }

    /** Of all partners together, at a time. */
    public void setMaxTransfers(int maxTransfers) {
        this.maxTransfers = maxTransfers;
    }

    /** Of each partner, at a time. */
    public void setPartnerMaxTransfers(int partnerMaxTransfers) {
        this.partnerMaxTransfers = partnerMaxTransfers;
    }

    /** Such as {@code 600 per 1m}, or {@code unlimited}. */
    public void setPartnerMaxRequests(String partnerMaxRequests) {
        this.partnerMaxRequests = Rate.ofRequests(partnerMaxRequests);
    }

    /** Such as {@code 10GB per 1d}, or {@code unlimited}. */
    public void setPartnerMaxBytes(String partnerMaxBytes) {
        this.partnerMaxBytes = Rate.ofBytes(partnerMaxBytes);
    }

    @Override
    public void process(Exchange exchange) throws Refusal {
        String partner = Objects.requireNonNull(
                        exchange.getProperty(Transfer.PROPERTY, Transfer.class), "limits come after admission")
                .partner();
        KnownPartner known = partners == null ? null : partners.partner(partner);
        PartnerLimits own = known == null ? PartnerLimits.NONE : known.limits();
        Account account = accounts.computeIfAbsent(partner, name -> new Account());
        long now = System.nanoTime();

        Rate requests = Objects.requireNonNullElse(own.requests(), partnerMaxRequests);
        Allowance asked = account.requests(requests);
        if (asked != null && !asked.take(now)) {
            throw tooMuch(requests.amount() + " requests", requests, asked.until(now));
        }
        Rate rate = Objects.requireNonNullElse(own.bytes(), partnerMaxBytes);
        Allowance bytes = account.bytes(rate);
        if (bytes != null && bytes.until(now) > 0) {
            throw tooMuch(rate.amount() + " bytes", rate, bytes.until(now));
        }
        int transfers = Objects.requireNonNullElse(own.transfers(), partnerMaxTransfers);
        if (!account.enter(transfers)) {
            throw Refusal.of(
                            Code.RATE_LIMITED,
                            "So many of your transfers are under way already: " + transfers + ". Send it again later.")
                    .comeBackAfter(SECONDS_UNTIL_A_PLACE);
        }
        if (!all.enter(maxTransfers)) {
            account.leave();
            throw new Refusal(
                            Code.UNAVAILABLE,
                            "There is too much to do at the moment. Send it again later.",
                            "so many transfers of all partners are under way: " + maxTransfers
                                    + " (countersign.max-transfers)")
                    .comeBackAfter(SECONDS_UNTIL_A_PLACE);
        }
        new Place(account, all).until(exchange);
        if (bytes != null && exchange.getMessage().getBody() instanceof InputStream body) {
            exchange.getMessage().setBody(new CountedBody(Payload.of(body), bytes));
        }
    }

    private static Refusal tooMuch(String what, Rate rate, long nanos) {
        long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + 999_999_999L));
        // The same reason each time, so that it is recorded as the same.
        String most = "At most " + what + " are taken in " + rate.per().toSeconds() + " s";
        return new Refusal(Code.RATE_LIMITED, most + "; send it again in " + seconds + " s.", most)
                .comeBackAfter(seconds);
    }
}

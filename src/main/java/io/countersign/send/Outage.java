package io.countersign.send;

import io.countersign.ledger.LedgerException;
import io.countersign.settings.Problems;
import io.countersign.text.OneLine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** While the ledger cannot be used, nothing is sent; it is asked a few times a second at most, and why is said once. */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.sent");
    private static final Duration PAUSE = Duration.ofMillis(400);

    private volatile Instant until = Instant.MIN;
    private volatile @Nullable String why;

    boolean isOn() {
        return why != null && until.isAfter(now());
    }

    @Nullable
    String why() {
        return why;
    }

    LedgerException begin(LedgerException unusable) {
        boolean news = why == null;
        String reason = Problems.reason(unusable);
        until = now().plus(PAUSE);
        why = reason;
        if (news) {
            LOG.error("nothing is sent reason=\"{}\"", OneLine.of(reason));
        }
        return unusable;
    }

    void end() {
        if (why != null) {
            why = null;
            LOG.info("the ledger can be used again; sending goes on");
        }
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }
}

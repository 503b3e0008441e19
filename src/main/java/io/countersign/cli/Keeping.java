package io.countersign.cli;

import io.countersign.ledger.Ledger;
import io.countersign.refusal.Refusals;
import io.countersign.retention.RefusalJournal;
import io.countersign.retention.Retention;
import io.countersign.settings.RetentionTerms;
import io.countersign.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ExecutorServiceManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For as long as a service runs: refusals get into its ledger, and what has had its time goes. */
final class Keeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.retention");
    private static final Duration FIRST = Duration.ofMinutes(5);
    private static final Duration BETWEEN = Duration.ofHours(1);

    private final RefusalJournal journal;

    private Keeping(RefusalJournal journal) {
        this.journal = journal;
    }

    static Keeping begin(CamelContext context, Settings settings, Ledger ledger, Refusals refusals, Clock clock) {
        RefusalJournal journal = new RefusalJournal(ledger, refusals);
        Retention retention =
                new Retention(RetentionTerms.of(settings), ledger, settings.path("countersign.data"), clock);
        ExecutorServiceManager threads = context.getExecutorServiceManager();
        long pause = RefusalJournal.PAUSE.toMillis();
        var writing = threads.newSingleThreadScheduledExecutor(journal, "keep-refusals")
                .scheduleWithFixedDelay(journal::write, pause, pause, TimeUnit.MILLISECONDS);
        var ending = threads.newSingleThreadScheduledExecutor(retention, "retention")
                .scheduleWithFixedDelay(retention, FIRST.toSeconds(), BETWEEN.toSeconds(), TimeUnit.SECONDS);
        LOG.debug("refusals are written: {}; what has had its time goes: {}", writing, ending);
        return new Keeping(journal);
    }

    /** Before the ledger is closed. */
    @Override
    public void close() {
        journal.close();
    }
}

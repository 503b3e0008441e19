package io.countersign.operations;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.Transfers;
import io.countersign.operations.Overview.WaitingLine;
import io.countersign.tls.Dated;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the status page shows, as JSON. It stays small whatever there is: long lists have their beginning and say how
 * many there are. It is made once in a second, however many ask; and no key, password or payload is in it.
 */
public final class Status {
    private static final Logger LOG = LoggerFactory.getLogger(Status.class);
    private static final long LASTS_NANOS = 1_000_000_000L;
    private static final Set<String> OURS = Set.of(Dated.COMPANY, Dated.SHARED);
    private static final Pattern FINGERPRINT = Pattern.compile(",? ?SHA-256 fingerprint [0-9a-f]{64}");
    private static final int TRANSFERS = 50;
    private static final int WAITING = 100;
    private static final int WARNINGS = 20;
    private static final int BYTES = 30_000;

    private final Overview overview;
    private final Expiry expiry;
    private final History history;
    private final Ledger ledger;
    private final Path data;
    private final Clock clock;
    private final Folders outboxes;
    private final Folders failed;
    private @Nullable String made;
    private long madeAt;

    /** @param data the data folder */
    public Status(Overview overview, Expiry expiry, History history, Ledger ledger, Path data, Clock clock) {
        this.overview = overview;
        this.expiry = expiry;
        this.history = history;
        this.ledger = ledger;
        this.data = data;
        this.clock = clock;
        this.outboxes = new Folders(data.resolve("outbox"), name -> true);
        this.failed = new Folders(data.resolve("failed"), name -> name.endsWith(".problem.json"));
    }

    synchronized String json(CamelContext context) {
        if (made == null || System.nanoTime() - madeAt > LASTS_NANOS) {
            made = make(context).toJson() + "\n";
            madeAt = System.nanoTime();
        }
        return made;
    }

    private JsonObject make(CamelContext context) {
        Instant now = clock.instant();
        Collection<Result> checks = HealthCheckHelper.invoke(context, "full");
        List<WaitingLine> waiting = overview.waiting();
        Needs needs = new Needs();
        needs.down(checks);
        needs.all("not-in-force", overview.complaints());
        needs.all("unsendable", overview.unsendable());
        needs.waiting(waiting, outboxes.content());
        needs.failed(failed.content());
        needs.all(
                "expiring",
                expiry.expiring().stream()
                        .map(line -> FINGERPRINT.matcher(line).replaceAll(""))
                        .toList());

        JsonObject status = new JsonObject();
        status.put("at", now.toString());
        needs.writeTo(status);
        status.put("service", service());
        status.put("checks", ShowHealth.brief(checks));
        status.put(
                "warnings",
                new JsonArray(overview.warnings().stream()
                        .limit(WARNINGS)
                        .map(Lines::text)
                        .toList()));
        status.put("outboxes", outboxes(waiting));
        status.put("refusals", RefusalLines.of(overview.refusals()));
        lookAtLedger(status);
        status.put("plot", Plot.of(history));
        status.put("partners", PartnerLines.of(overview.partners(), history.lastDay(), now));
        status.put(
                "ours",
                new JsonArray(expiry.inForce().stream()
                        .filter(dated -> OURS.contains(dated.owner()))
                        .sorted(Comparator.comparing(Dated::notAfter))
                        .limit(WAITING)
                        .map(dated -> PartnerLines.dated(dated, now))
                        .toList()));
        return status;
    }

    private JsonObject service() {
        JsonObject service = new JsonObject();
        service.put("version", Build.version());
        service.put("java", Build.java());
        service.put(
                "started",
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime())
                        .toString());
        service.put("stopping", overview.isStopping());
        service.put("listeners", new JsonArray(overview.listeners()));
        double free = Build.free(data);
        service.put("freeBytes", Double.isNaN(free) ? null : (long) free);
        return service;
    }

    private JsonObject outboxes(List<WaitingLine> waiting) {
        JsonObject all = new JsonObject();
        all.put("total", waiting.size());
        all.put("files", folders(outboxes.content()));
        all.put("failed", folders(failed.content()));
        all.put("waiting", Lines.first(waiting.stream().map(Status::line), WAITING, BYTES));
        return all;
    }

    private static JsonObject folders(Map<String, Folders.Content> content) {
        JsonObject files = new JsonObject();
        content.entrySet().stream()
                .limit(WAITING)
                .forEach(entry -> files.put(entry.getKey(), entry.getValue().files()));
        return files;
    }

    private static JsonObject line(WaitingLine waiting) {
        JsonObject line = new JsonObject();
        line.put("partner", waiting.partner());
        line.put("path", Lines.text(waiting.path()));
        line.put("size", waiting.size());
        line.put("attempts", waiting.attempts());
        line.put("since", waiting.since().toString());
        line.put("next", waiting.next().toString());
        line.put("reason", Lines.text(waiting.reason()));
        return line;
    }

    /** While it cannot be asked, what is known of before is shown, and a check says that it is down. */
    private void lookAtLedger(JsonObject status) {
        JsonArray lines = new JsonArray();
        try {
            history.look();
            List<Entry> last = ledger.read(connection -> new Transfers(connection)
                    .select("node = ? ORDER BY changed DESC LIMIT " + TRANSFERS, ledger.node()));
            last.forEach(entry -> lines.add(line(entry)));
        } catch (LedgerException unusable) {
            LOG.debug("the status is shown without the ledger", unusable);
        }
        status.put("transfers", lines);
    }

    private static JsonObject line(Entry entry) {
        JsonObject line = new JsonObject();
        line.put("id", entry.id());
        line.put("direction", Transfers.word(entry.direction()));
        line.put("partner", entry.partner());
        line.put("name", Lines.text(entry.name()));
        line.put("size", entry.size());
        line.put("state", Transfers.word(entry.state()));
        line.put("began", entry.began().toString());
        line.put("changed", entry.changed().toString());
        line.put("attempts", entry.attempts());
        line.put("reason", Lines.text(entry.reason()));
        return line;
    }
}

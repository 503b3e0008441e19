package io.countersign.cli;

import io.countersign.client.SendingFile;
import io.countersign.dns.Names;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Node;
import io.countersign.partner.Partners;
import io.countersign.revocation.Revocation;
import io.countersign.route.Routes;
import io.countersign.send.Attempts;
import io.countersign.send.Outcome;
import io.countersign.settings.DnsTerms;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.settings.SettingsCheck;
import io.countersign.transfer.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeCompletedEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.spi.CamelEvent.ExchangeFailedEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.jspecify.annotations.Nullable;

/**
 * The route to one partner, run once for some files: copies of them, in an outbox of their own, so that a service which
 * runs meanwhile does not take them too.
 */
final class Sending implements AutoCloseable {
    /** What Camel takes for a lock of its own. */
    private static final String LOCK = ".camelLock";

    /** For how long nothing happens before what was passed over is given up. */
    private static final int PATIENCE_SECONDS = 15;

    private final LiveMain main = new LiveMain();
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final CommandOutbox outbox;
    private final Ledger ledger;
    private final List<Path> files;
    private @Nullable Revocation revocation;
    private @Nullable Names names;

    private Sending(CommandOutbox outbox, Ledger ledger, List<Path> files) {
        this.outbox = outbox;
        this.ledger = ledger;
        this.files = files;
    }

    static Sending start(Settings settings, String partner, List<Path> files, Problems problems)
            throws InvalidSettingsException {
        var unused = SettingsCheck.checkWithoutListening(settings, problems);
        check(files, problems);
        problems.throwIfAny();
        Path data = settings.path("countersign.data");
        Sending sending = null;
        try {
            CommandOutbox outbox = CommandOutbox.in(data);
            Runtime.getRuntime().addShutdownHook(new Thread(outbox::close));
            sending = new Sending(outbox, Ledgers.of(settings, Node.of(data)), files);
            sending.run(settings, partner, files, problems);
            return sending;
        } catch (InvalidSettingsException reported) {
            close(sending);
            throw reported;
        } catch (Exception failed) {
            close(sending);
            problems.add("send", Problems.reason(failed));
            throw new InvalidSettingsException(problems.found());
        }
    }

    /** One for each file, as they come; each file has one attempt. */
    List<Outcome> outcomes() {
        Map<String, Outcome> first = new LinkedHashMap<>();
        try {
            int idle = 0;
            while (first.size() < files.size() && idle < PATIENCE_SECONDS) {
                Outcome outcome = outcomes.poll(1, TimeUnit.SECONDS);
                idle = outcome == null && attempts().isIdle() ? idle + 1 : 0;
                if (outcome != null) {
                    first.putIfAbsent(outcome.path(), outcome);
                }
            }
            for (Path file : files) {
                first.computeIfAbsent(file.getFileName().toString(), Outcome::notAttempted);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(first.values());
    }

    private Attempts attempts() {
        return main.lookup("attempts", Attempts.class);
    }

    @Override
    public void close() {
        main.stop();
        if (revocation != null) {
            revocation.close();
        }
        if (names != null) {
            names.close();
        }
        ledger.close();
        outbox.close();
    }

    private static void close(@Nullable Sending sending) {
        if (sending != null) {
            sending.close();
        }
    }

    private static void check(List<Path> files, Problems problems) {
        Set<String> names = new HashSet<>();
        for (Path file : files) {
            Path name = file.getFileName();
            if (!Files.isRegularFile(file) || !Files.isReadable(file) || name == null) {
                problems.add(file.toString(), Files.exists(file) ? "is not a file that can be read" : "no such file");
            } else if (!names.add(name.toString())) {
                problems.add(file.toString(), "has the same name as another; send them one after the other");
            } else if (name.toString().startsWith(".") || name.toString().endsWith(LOCK)) {
                problems.add(
                        file.toString(), "would not be sent; accepted: names without a leading dot, and not " + LOCK);
            }
        }
    }

    private void run(Settings settings, String partner, List<Path> files, Problems problems) throws Exception {
        Ledgers.open(ledger, settings, problems);
        problems.throwIfAny();
        Revocation checked = Revoked.check(settings, Clock.systemUTC());
        revocation = checked;
        Partners partners = new Partners(Clock.systemUTC());
        main.setOverrideProperties(settings.placeholders());
        main.addOverrideProperty("camel.main.shutdown-timeout", "5"); // seconds; what is cut off was not accepted
        main.bind("partners", partners);
        main.bind("ledger", ledger);
        DnsTerms dns = DnsTerms.of(settings);
        Names asked = new Names(dns.servers(), dns.longestWait());
        names = asked;
        main.bind("names", asked);
        main.bind("tally", Tally.NONE);
        main.bind("progress", (SendingFile.Progress) new ProgressBars());
        main.init();
        new Routes(main.getCamelContext(), settings, partners, checked).loadSending(partner, outbox.folder(), problems);
        problems.throwIfAny();
        attempts().setOnce(true);
        main.getCamelContext().getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof ExchangeEvent ended
                        && (event instanceof ExchangeCompletedEvent || event instanceof ExchangeFailedEvent)) {
                    Outcome outcome = ended.getExchange().getProperty(Outcome.PROPERTY, Outcome.class);
                    if (outcome != null) {
                        outcomes.add(outcome);
                    }
                }
            }
        });
        Path own = Files.createDirectories(outbox.folder().resolve(partner));
        for (Path file : files) {
            Files.copy(file, own.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            attempts().makeDue(partner, file.getFileName().toString());
        }
        main.start();
    }
}

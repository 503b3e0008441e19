package io.countersign.cli;

import io.countersign.alert.Alerts;
import io.countersign.client.SendingFile;
import io.countersign.dns.Names;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Node;
import io.countersign.listener.Listeners;
import io.countersign.operations.Expiry;
import io.countersign.operations.ExpiryHealth;
import io.countersign.operations.History;
import io.countersign.operations.LedgerHealth;
import io.countersign.operations.PartnersHealth;
import io.countersign.operations.Status;
import io.countersign.operations.StoppingHealth;
import io.countersign.partner.Partners;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusing;
import io.countersign.revocation.Revocation;
import io.countersign.route.Following;
import io.countersign.route.OwnRoute;
import io.countersign.route.Routes;
import io.countersign.send.Attempts;
import io.countersign.settings.AlertTerms;
import io.countersign.settings.CryptoTerms;
import io.countersign.settings.DnsTerms;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.settings.LimitTerms;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.settings.SettingsCheck;
import io.countersign.settings.ShutdownTerms;
import io.countersign.sighting.Sightings;
import io.countersign.tls.CompanyIdentity;
import io.countersign.tls.Dated;
import io.countersign.tls.NativeCrypto;
import io.countersign.tls.OperatorTrust;
import io.countersign.transfer.Arrivals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running service: the route files of a home folder in a Camel context, with the parts that they name. Either
 * everything in the settings and files is usable and all of it runs, or nothing listens and every problem is told.
 */
public final class Service implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");

    private final Settings settings;
    private final Clock clock;
    private final Revocation revocation;
    private final Partners partners;
    private final Refusals refusals = new Refusals();
    private final Sightings sightings;
    private final Listeners listeners;
    private final Names names;
    private final OwnRoute ownRoute = new OwnRoute();
    private final LiveMain main = new LiveMain();
    private final Expiry expiry;
    private final Duration betweenLooks;
    private final Object startOrEnd = new Object();
    private volatile boolean ending;
    private boolean running;
    private boolean ended;
    private @Nullable Following following;
    private @Nullable Node node;
    private @Nullable Ledger ledger;
    private @Nullable Keeping keeping;
    private final Alerts alerts;
    private final Auditing auditing;

    /** @param clock by which certificates are valid or not */
    public Service(Settings settings, Clock clock) {
        this(settings, clock, Following.USUAL);
    }

    /** @param betweenLooks how long to wait before looking again whether files have changed */
    public Service(Settings settings, Clock clock, Duration betweenLooks) {
        this.betweenLooks = betweenLooks;
        this.settings = settings;
        this.clock = clock;
        if (CryptoTerms.of(settings).isNative()) {
            NativeCrypto.prefer();
        }
        this.revocation = Revoked.check(settings, clock);
        this.partners = new Partners(clock);
        DnsTerms dns = DnsTerms.of(settings);
        this.names = new Names(dns.servers(), dns.longestWait());
        this.expiry = new Expiry(this::dated, clock);
        this.auditing = new Auditing(settings);
        this.alerts = new Alerts(AlertTerms.of(settings).interval());
        this.sightings = new Sightings(clock);
        this.listeners = new Listeners(refusals, sightings, LimitTerms.of(settings));
        refusals.compareBy(partners::nearest);
    }

    /**
     * Starts everything.
     *
     * @param problems found so far
     * @throws InvalidSettingsException with all that is wrong; the service is stopped then
     * @throws CancellationException where it is asked to stop meanwhile
     */
    public void start(Problems problems) throws InvalidSettingsException {
        synchronized (startOrEnd) {
            startUnlessEnding(problems);
        }
        LOG.info("{} partners known, listening on {}", partners.size(), addresses());
    }

    private void startUnlessEnding(Problems problems) throws InvalidSettingsException {
        var unused = SettingsCheck.check(settings, problems);
        try {
            goOn();
            Ledger ledger = openLedger(problems);
            Refusing refusing = new Refusing();
            refusing.setRefusals(refusals);
            main.setOverrideProperties(settings.placeholders());
            main.bind("jetty", listeners);
            main.bind("partners", partners);
            main.bind("ledger", ledger);
            main.bind("names", names);
            main.bind("sightings", sightings);
            main.bind("refusal", refusing);
            main.bind("refusals", refusals);
            main.bind("hasOwnRoute", ownRoute);
            main.bind("progress", (SendingFile.Progress) (file, sent, of) -> {});
            main.bind("expiry", expiry);
            new Measures(settings, partners, ledger, refusals, listeners, clock).bind(main);
            History history = new History(ledger, clock);
            refusals.observe(history);
            main.bind(
                    "status",
                    new Status(
                            new WholeService(this, partners, sightings, refusals, this::attempts, () -> ending),
                            expiry,
                            history,
                            ledger,
                            settings.path("countersign.data"),
                            clock));
            goOn();
            main.init();
            HealthCheckRegistry.get(context()).register(new StoppingHealth(() -> ending));
            HealthCheckRegistry.get(context()).register(health());
            HealthCheckRegistry.get(context()).register(new ExpiryHealth(expiry));
            HealthCheckRegistry.get(context()).register(new LedgerHealth(ledger));
            Following following = new Routes(context(), settings, partners, revocation).load(ownRoute, problems);
            this.following = following;
            OperatorsCheck.check(
                    context().getRegistry().findByType(OperatorTrust.class), partners, settings, clock, problems);
            problems.throwIfAny();
            sightings.start(settings.path("countersign.data"));
            goOn();
            recover();
            CommandOutbox.removeAbandoned(settings.path("countersign.data"));
            keeping = Keeping.begin(context(), settings, ledger, refusals, clock);
            Alerting alerting = alert(following);
            goOn();
            main.start();
            running = true;
            alerts.begin(context());
            auditing.started(following.files());
            goOn();
            expiry.look();
            following.begin(
                    main.live(),
                    new ListenerDoors(listeners),
                    context().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "follow-changes"),
                    betweenLooks);
            ScheduledExecutorService watch =
                    context().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "watch-expiry");
            var recovering = watch.scheduleWithFixedDelay(this::recoverLater, 10, 10, TimeUnit.SECONDS);
            LOG.debug("looking for what is left unsettled: {}", recovering);
            Path data = settings.path("countersign.data");
            var unusedEither = watch.scheduleWithFixedDelay(() -> alerting.look(ledger, data), 0, 1, TimeUnit.MINUTES);
            var unusedToo = watch.scheduleWithFixedDelay(expiry::look, 1, 1, TimeUnit.MINUTES);
        } catch (InvalidSettingsException | CancellationException told) {
            close();
            throw told;
        } catch (Exception failed) {
            LOG.debug("the start failed", failed);
            problems.add(settings.routes().toString(), Problems.reason(failed));
            close();
            throw new InvalidSettingsException(problems.found());
        }
    }

    private Alerting alert(Following following) {
        Alerting alerting = new Alerting(alerts);
        refusals.observe(alerting::refused);
        expiry.observe(alerting::expiring);
        following.observe(alerting::notInForce);
        following.observe(auditing::notInForce);
        following.observeChanges(auditing::inForce);
        attempts().ifPresent(attempts -> attempts.observe(alerting::unsent));
        return alerting;
    }

    private void goOn() {
        if (ending) {
            throw new CancellationException("asked to stop while it starts");
        }
    }

    /** One that cannot be opened is reported with everything else that is wrong; nothing starts then. */
    private Ledger openLedger(Problems problems) {
        Path data = settings.path("countersign.data");
        String name = "";
        try {
            node = Node.take(data);
            name = Node.of(data);
        } catch (IOException taken) {
            problems.add(settings.where("countersign.data"), Problems.reason(taken));
        }
        Ledger opened = Ledgers.of(settings, name);
        ledger = opened;
        if (node != null) {
            Ledgers.open(opened, settings, problems);
        }
        return opened;
    }

    /** Before the first request: whatever the last end has left between two steps. */
    private void recover() throws IOException {
        for (Arrivals arrivals : context().getRegistry().findByType(Arrivals.class)) {
            arrivals.recover();
        }
        for (Attempts attempts : context().getRegistry().findByType(Attempts.class)) {
            attempts.recover();
        }
    }

    /** What still cannot be settled, as while the ledger is away, keeps nothing else from it. */
    private void recoverLater() {
        context().getRegistry().findByType(Arrivals.class).forEach(arrivals -> later(arrivals::recover));
        context().getRegistry().findByType(Attempts.class).forEach(attempts -> later(attempts::recover));
    }

    private static void later(Recovering recovering) {
        try {
            recovering.recover();
        } catch (IOException | RuntimeException unsettled) {
            LOG.debug("what is left unsettled stays so for now", unsettled);
        }
    }

    @FunctionalInterface
    private interface Recovering {
        void recover() throws IOException;
    }

    /** Where the listeners are, as URLs. */
    public List<String> addresses() {
        return listeners.addresses();
    }

    public CamelContext context() {
        return main.getCamelContext();
    }

    public Partners partners() {
        return partners;
    }

    /** What is wrong with files that were changed since they were last in force. */
    public List<String> complaints() {
        return following == null ? List.of() : following.complaints();
    }

    /** What is in force and should not stay as it is. */
    public List<String> warnings() {
        return following == null ? List.of() : following.warnings();
    }

    /** Everything in force that ends at some time, as it is now. */
    private List<Dated> dated() {
        return Stream.concat(
                        context().getRegistry().findByType(CompanyIdentity.class).stream()
                                .flatMap(company -> company.dated().stream()),
                        Stream.concat(
                                partners.dated().stream(),
                                following == null ? Stream.empty() : following.dated().stream()))
                .toList();
    }

    private PartnersHealth health() {
        return new PartnersHealth(Map.of(
                "complaints",
                this::complaints,
                "warnings",
                this::warnings,
                "waiting",
                () -> attempts().map(Attempts::waiting).orElse(List.of()),
                "unsendable",
                () -> attempts().map(Attempts::troubles).orElse(List.of())));
    }

    private Optional<Attempts> attempts() {
        return context().getRegistry().findByType(Attempts.class).stream().findFirst();
    }

    public Refusals refusals() {
        return refusals;
    }

    /**
     * Takes nothing new, lets end what is on its way, for as long as {@code countersign.shutdown-timeout} says, and cuts off the
     * rest. A start that is under way ends first, at its next step.
     */
    @Override
    public void close() {
        ending = true;
        listeners.gate().close();
        synchronized (startOrEnd) {
            if (!ended) {
                ended = true;
                end();
            }
        }
    }

    /** The ledger last: whatever still ends can be written down. */
    private void end() {
        alerts.close();
        if (running) {
            new Stopping(ShutdownTerms.of(settings).longestWait(), listeners.gate(), attempts()).stop(main, following);
        } else {
            main.stop();
        }
        if (following != null) {
            following.close();
        }
        sightings.close();
        revocation.close();
        names.close();
        if (keeping != null) {
            keeping.close();
        }
        if (ledger != null) {
            ledger.close();
        }
        if (node != null) {
            node.close();
        }
        if (running) {
            auditing.stopped();
            LOG.info("stopped");
        }
    }
}

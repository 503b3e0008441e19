package io.countersign.cli;

import io.countersign.client.SendingFile;
import io.countersign.listener.Listeners;
import io.countersign.operations.PartnersHealth;
import io.countersign.partner.Partners;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusing;
import io.countersign.revocation.Revocation;
import io.countersign.route.OwnRoute;
import io.countersign.route.Routes;
import io.countersign.send.Attempts;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.settings.SettingsCheck;
import io.countersign.tls.Authorities;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.component.jetty.JettyHttpEndpoint;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running service: the route files of a home folder in a Camel context, with the parts that they name. Either
 * everything in the settings and files is usable and all of it runs, or nothing listens and every problem is told.
 */
public final class Service implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");

    private static final long LOOK_MILLIS = 500;

    private final Settings settings;
    private final Revocation revocation;
    private final Partners partners;
    private final Refusals refusals = new Refusals();
    private final OwnRoute ownRoute = new OwnRoute();
    private final Main main = new Main();
    private @Nullable Routes routes;

    /** @param clock by which certificates are valid or not */
    public Service(Settings settings, Clock clock) {
        this.settings = settings;
        this.revocation = Revoked.check(settings, clock);
        this.partners = new Partners(clock);
    }

    /**
     * Starts everything.
     *
     * @param problems found so far
     * @throws InvalidSettingsException with all that is wrong; the service is stopped then
     */
    public void start(Problems problems) throws InvalidSettingsException {
        Authorities trust = SettingsCheck.check(settings, problems);
        try {
            Refusing refusing = new Refusing();
            refusing.setRefusals(refusals);
            main.setOverrideProperties(settings.placeholders());
            main.bind("jetty", new Listeners(refusals));
            main.bind("partners", partners);
            main.bind("refusal", refusing);
            main.bind("hasOwnRoute", ownRoute);
            main.bind("progress", (SendingFile.Progress) (file, sent, of) -> {});
            main.init();
            HealthCheckRegistry.get(context()).register(health());
            Routes routes = new Routes(
                    context(),
                    settings,
                    partners,
                    trust == null ? Authorities.of(List.of()) : trust,
                    revocation.with(Revoked.lists(settings, problems)),
                    ownRoute);
            this.routes = routes;
            routes.load(problems);
            problems.throwIfAny();
            main.start();
            ScheduledExecutorService follower =
                    context().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "follow-partners");
            var unused =
                    follower.scheduleWithFixedDelay(routes::follow, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InvalidSettingsException reported) {
            close();
            throw reported;
        } catch (Exception failed) {
            LOG.debug("the start failed", failed);
            problems.add(settings.routes().toString(), Problems.reason(failed));
            close();
            throw new InvalidSettingsException(problems.found());
        }
        LOG.info("{} partners known, listening on {}", partners.size(), addresses());
    }

    /** Where the listeners are, as URLs. */
    public List<String> addresses() {
        return context().getEndpoints().stream()
                .filter(JettyHttpEndpoint.class::isInstance)
                .map(endpoint -> ((JettyHttpEndpoint) endpoint).getHttpUri().toString())
                .toList();
    }

    public CamelContext context() {
        return main.getCamelContext();
    }

    public Partners partners() {
        return partners;
    }

    /** What is wrong with files that were changed since they were last in force. */
    public List<String> complaints() {
        return routes == null ? List.of() : routes.complaints();
    }

    /** What is in force and should not stay as it is. */
    public List<String> warnings() {
        return routes == null ? List.of() : routes.warnings();
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

    @Override
    public void close() {
        main.stop();
        revocation.close();
    }
}

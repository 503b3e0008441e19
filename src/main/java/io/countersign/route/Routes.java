package io.countersign.route;

import io.countersign.partner.PartnerDirectory;
import io.countersign.partner.Partners;
import io.countersign.revocation.Revocation;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.tls.CompanyIdentity;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.ListenerTls;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;

/** Loads the route files of a home folder, all of them for the service, or what a command needs. */
public final class Routes {
    private final CamelContext context;
    private final Settings settings;
    private final Partners partners;
    private final RouteFiles live;
    private final SharedTrust sharedTrust;

    /** @param revocation asks whether certificates under the shared trust have been revoked */
    public Routes(CamelContext context, Settings settings, Partners partners, Revocation revocation) {
        this.context = context;
        this.settings = settings;
        this.partners = partners;
        this.live = new RouteFiles(context);
        this.sharedTrust = new SharedTrust(settings, revocation);
    }

    /**
     * Loads every file into a context that does not run yet: first {@code proxies.camel.yaml}, {@code tls.camel.yaml} and
     * {@code receive.camel.yaml}, whose beans and configurations all others may name, then the templates, the partners and the
     * rest.
     *
     * @param problems gets all that is wrong; then nothing of it must run
     * @return follows changes, once everything runs
     */
    public Following load(OwnRoute ownRoute, Problems problems) {
        List<RouteFile> files = new ArrayList<>();
        if (Files.isDirectory(settings.routes())) {
            List<RouteFile> top = RouteFile.in(settings.routes(), problems);
            Predicate<RouteFile> first = RouteFile::comesFirst;
            files.addAll(top.stream().filter(first).toList());
            files.addAll(RouteFile.in(settings.routes().resolve("templates"), problems));
            files.addAll(RouteFile.in(settings.routes().resolve("partners"), problems));
            files.addAll(top.stream().filter(first.negate()).toList());
        } else {
            problems.add(settings.routes().toString(), "no such folder; it holds the route files");
        }
        live.load(files, problems);
        context.getRegistry().findByType(CompanyIdentity.class).forEach(each -> each.useClock(partners.clock()));
        context.getRegistry().findByTypeWithName(ListenerTls.class).forEach((bean, tls) -> {
            try {
                tls.checkProxies();
            } catch (GeneralSecurityException admitsWrongly) {
                problems.add("the bean " + bean, String.valueOf(admitsWrongly.getMessage()));
            }
        });
        State state = state(live, files, problems);
        Blame blame = new Blame();
        Draft.checkConfigurations(state.says(), state.says().keySet(), blame);
        blame.all().forEach(problems::add);
        partners.use(state.directory());
        ownRoute.use(state.withOwnRoute());
        state.defaults().forEach((location, file) -> {
            try {
                live.load(file, Set.of());
            } catch (Exception unusable) {
                problems.add(file.name(), Unusable.why(unusable));
            }
        });
        return new Following(context, settings, sharedTrust, partners, ownRoute, state);
    }

    /**
     * Loads what sending to one partner needs, and nothing that listens or reads an outbox.
     *
     * @param outbox the folder of outboxes that is read instead
     */
    public void loadSending(String partner, Path outbox, Problems problems) {
        live.load(
                RouteFile.in(settings.routes(), problems).stream()
                        .filter(file -> file.name().matches(".*/(proxies|tls|send)\\.camel\\.[a-z]+"))
                        .toList(),
                problems);
        List<RouteFile> templates = RouteFile.in(settings.routes().resolve("templates"), problems);
        live.load(templates, problems);
        try (Rehearsal rehearsal = new Rehearsal(context, templates)) {
            List<RouteFile> files = RouteFile.in(settings.routes().resolve("partners"), problems);
            RouteFiles described = rehearsal.load(files, problems);
            PartnerDirectory directory = state(described, files, problems).directory();
            partners.use(directory);
            if (!directory.receivers().contains(partner)) {
                problems.add("partner " + partner, directory.whyNotReceiver(partner));
            } else if (described.hasOtherWayTo(partner)) {
                problems.add(
                        "partner " + partner,
                        "is sent to by a route of its own; put the file into "
                                + settings.path("countersign.data")
                                        .resolve("outbox")
                                        .resolve(partner) + " instead");
            }
            problems.warnings().forEach(Following::warn);
            if (problems.isEmpty()) {
                live.load(State.toPartner(partner, asTheyAre(outbox)), Set.of());
            }
        } catch (Exception unusable) {
            problems.add("partner " + partner, Unusable.why(unusable));
        }
    }

    /** Parameters by which the template reads another folder of outboxes, and takes every file there for complete. */
    private static Map<String, String> asTheyAre(Path outbox) {
        return Map.of(
                "outbox", outbox.toString(), "ordered", "false", "minAge", "0", "doneFile", "", "exclude", "(?!)");
    }

    private State state(RouteFiles loaded, List<RouteFile> files, Problems problems) {
        Map<String, RouteFile> byLocation = new TreeMap<>();
        Map<String, Says> says = new TreeMap<>();
        Map<String, Material> material = new TreeMap<>();
        for (RouteFile file : files) {
            Says said = loaded.said(file);
            byLocation.put(file.location(), file);
            says.put(file.location(), said);
            if (!said.partners().isEmpty()) {
                Material read = Material.read(file, said, settings.home());
                read.problems().forEach(problems::add);
                material.put(file.location(), read);
            }
        }
        Trusted trust = trust(problems);
        Blame blame = new Blame();
        State state = new Draft(settings, byLocation.keySet(), byLocation, says, material, trust).judge(blame);
        blame.all().forEach(problems::add);
        return state;
    }

    /** What is wrong with authorities has been told by the check of the settings, in the same words, and with lists has not. */
    private Trusted trust(Problems problems) {
        if (settings.get("countersign.trust").isBlank()) {
            return sharedTrust.nothing();
        }
        try {
            Trusted trusted = sharedTrust.read();
            sharedTrust.use();
            return trusted;
        } catch (KeyMaterialException | InvalidPathException unusable) {
            problems.add(settings.where("countersign.trust"), String.valueOf(unusable.getMessage()));
            return sharedTrust.nothing();
        }
    }
}

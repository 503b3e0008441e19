package io.countersign.route;

import io.countersign.partner.PartnerDirectory;
import io.countersign.partner.Partners;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.tls.Authorities;
import io.countersign.tls.RevocationCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route files of a home folder, in force: loaded at start, and the partners' files again whenever one of them changes.
 * A changed set of partners is first loaded and checked beside the running one; what is wrong with it changes nothing.
 */
public final class Routes {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.partners");
    private static final int LOOKS_BEFORE_RETRY = 10;

    private final Settings settings;
    private final Partners partners;
    private final Authorities trust;
    private final RevocationCheck revocation;
    private final OwnRoute ownRoute;
    private final RouteFiles live;
    private final Outboxes outboxes;
    private final CamelContext context;
    private List<RouteFile> inForce = List.of();
    private List<RouteFile> lastSeen = List.of();
    private @Nullable List<RouteFile> refused;
    private volatile List<String> warnings = List.of();
    private boolean mayMend;
    private int looks;
    /** Partners who are no longer known and had a route of their own, for what was on its way when they went. */
    private final Set<String> gone = new HashSet<>();

    private volatile List<String> complaints = List.of();

    public Routes(
            CamelContext context,
            Settings settings,
            Partners partners,
            Authorities trust,
            RevocationCheck revocation,
            OwnRoute ownRoute) {
        this.context = context;
        this.settings = settings;
        this.partners = partners;
        this.trust = trust;
        this.revocation = revocation;
        this.ownRoute = ownRoute;
        this.live = new RouteFiles(context);
        this.outboxes = new Outboxes(context);
    }

    /**
     * Loads every file into a context that does not run yet: first {@code tls.camel.yaml}, whose beans all others may name,
     * then the templates, the partners and the rest.
     */
    public void load(Problems problems) {
        if (!Files.isDirectory(settings.routes())) {
            problems.add(settings.routes().toString(), "no such folder; it holds the route files");
            return;
        }
        Map<Boolean, List<RouteFile>> files = RouteFile.in(settings.routes(), problems).stream()
                .collect(Collectors.partitioningBy(file -> file.name().contains("/tls.camel.")));
        live.load(files.getOrDefault(true, List.of()), problems);
        live.load(RouteFile.in(settings.routes().resolve("templates"), problems), problems);
        inForce = partnerFiles(problems);
        lastSeen = inForce;
        live.load(inForce, problems);
        live.load(files.getOrDefault(false, List.of()), problems);
        PartnerDirectory directory = read(live, problems);
        partners.use(directory);
        warn(problems.warnings());
        ownRoute.use(live.withOwnRoute());
        send(directory, problems);
    }

    /**
     * Loads what sending to one partner needs, and nothing that listens or reads an outbox.
     *
     * @param outbox the folder of outboxes that is read instead
     */
    public void loadSending(String partner, Path outbox, Problems problems) {
        live.load(
                RouteFile.in(settings.routes(), problems).stream()
                        .filter(file -> file.name().matches(".*/(tls|send)\\.camel\\.[a-z]+"))
                        .toList(),
                problems);
        List<RouteFile> templates = RouteFile.in(settings.routes().resolve("templates"), problems);
        live.load(templates, problems);
        try (Rehearsal rehearsal = new Rehearsal(context)) {
            RouteFiles described = rehearsal.load(templates, partnerFiles(problems), problems);
            PartnerDirectory directory = read(described, problems);
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
            warn(problems.warnings());
            if (problems.isEmpty()) {
                outboxes.use(partner, outbox);
            }
        } catch (Exception unusable) {
            problems.add("partner " + partner, Unusable.why(unusable));
        }
    }

    /** Without the template there is no way to a partner whose file says nothing but where it is. */
    private void send(PartnerDirectory directory, Problems problems) {
        Set<String> byDefault = sentToByDefault(directory, live);
        try {
            outboxes.use(byDefault);
        } catch (Exception unusable) {
            problems.add(
                    settings.routes().resolve("templates").toString(),
                    "nothing can be sent to " + byDefault + " with the template " + Outboxes.TEMPLATE + ": "
                            + Unusable.why(unusable));
        }
    }

    private static Set<String> sentToByDefault(PartnerDirectory directory, RouteFiles files) {
        Set<String> partners = new TreeSet<>(directory.receivers());
        partners.removeAll(files.withOutbox());
        return partners;
    }

    /**
     * Looks at the partners' files, and brings a change into force. A file counts as changed once it looks the same twice
     * in a row, so that one that is still being written is left alone. What was refused for what it says is tried
     * again now and then, since another file may mend it: a certificate that comes after the partner's file that names it.
     */
    public synchronized void follow() {
        Problems problems = new Problems();
        List<RouteFile> found = partnerFiles(problems);
        boolean settled = found.equals(lastSeen);
        lastSeen = found;
        if (!settled || (found.equals(refused) && (!mayMend || ++looks % LOOKS_BEFORE_RETRY != 0))) {
            return;
        }
        if (found.equals(inForce) && problems.isEmpty()) {
            accept(found);
            return;
        }
        try (Rehearsal rehearsal = new Rehearsal(context)) {
            RouteFiles rehearsed =
                    rehearsal.load(RouteFile.in(settings.routes().resolve("templates"), problems), found, problems);
            PartnerDirectory directory = read(rehearsed, problems);
            Set<String> changed = changed(found);
            rehearsed.clashWith(live, changed, outboxes.routes(), problems);
            if (!problems.isEmpty()) {
                refuse(found, problems.found(), true);
                return;
            }
            swap(found, changed, rehearsed, directory);
            accept(found);
            warn(problems.warnings());
            LOG.info("{} partners known, after a change of {}", directory.size(), names(changed));
        } catch (Exception cannotRun) {
            // Once more would only interrupt the routes that run.
            refuse(found, List.of(String.valueOf(cannotRun.getMessage())), false);
        }
    }

    /** What is wrong with the partners' files as they are now, while older ones are in force; empty where all is well. */
    public List<String> complaints() {
        return complaints;
    }

    /** What the partners' files in force say that they had better not; it was logged when they were loaded. */
    public List<String> warnings() {
        return warnings;
    }

    private static List<String> names(Set<String> locations) {
        return locations.stream().map(RouteFile::name).toList();
    }

    private PartnerDirectory read(RouteFiles files, Problems problems) {
        PartnerDirectory directory = Partners.read(files.partners(), trust, revocation, settings.home(), problems);
        if (!settings.isLoopback()) {
            directory
                    .sampled()
                    .forEach(id -> problems.add(
                            "partner " + id,
                            "is identified by sample certificates, whose keys everybody has; they are for loopback only, and "
                                    + settings.get("countersign.host") + " is not"));
        }
        return directory;
    }

    /** Says what was not said when these files were last loaded. */
    private void warn(List<String> now) {
        now.stream().filter(warning -> !warnings.contains(warning)).forEach(LOG::warn);
        warnings = now;
    }

    private void accept(List<RouteFile> found) {
        inForce = found;
        refused = null;
        complaints = List.of();
    }

    /** Says it once, however often the same is found. */
    private void refuse(List<RouteFile> found, List<String> why, boolean mayMend) {
        refused = found;
        this.mayMend = mayMend;
        if (!why.equals(complaints)) {
            LOG.error("the partners' files were changed and are not in force: {}", String.join("; ", why));
        }
        complaints = why;
    }

    /**
     * Replaces the routes of the changed files, and those alone, and then the partners; where a route cannot run, which only
     * the running context says, everything is as it was. Meanwhile both the old and the new routes count, so that what
     * arrives waits for its route.
     */
    private void swap(List<RouteFile> found, Set<String> changed, RouteFiles rehearsed, PartnerDirectory directory)
            throws Exception {
        Set<String> withRoutes = new TreeSet<>(changed);
        withRoutes.removeIf(location -> !live.hasRoutesOf(location) && !rehearsed.hasRoutesOf(location));
        Set<String> before = live.withOwnRoute();
        Set<String> sentToBefore = outboxes.partners();
        Set<String> sentTo = sentToByDefault(directory, rehearsed);
        useOwnRoutes(before, rehearsed.withOwnRoute());
        try {
            outboxes.keep(sentTo);
            put(withRoutes, byLocation(found));
            partners.use(directory);
            outboxes.use(sentTo);
            gone.addAll(before);
            gone.removeAll(rehearsed.partners().keySet());
        } catch (Exception cannotRun) {
            put(withRoutes, byLocation(inForce));
            outboxes.use(sentToBefore);
            throw cannotRun;
        } finally {
            useOwnRoutes(live.withOwnRoute(), Set.of());
        }
    }

    private void useOwnRoutes(Set<String> running, Set<String> coming) {
        Set<String> own = new HashSet<>(gone);
        own.addAll(running);
        own.addAll(coming);
        ownRoute.use(own);
    }

    private void put(Set<String> locations, Map<String, RouteFile> files) throws Exception {
        for (String location : locations) {
            live.unload(location);
        }
        for (String location : locations) {
            RouteFile file = files.get(location);
            if (file != null) {
                try {
                    live.load(file);
                } catch (Exception unusable) {
                    throw new IllegalStateException(file.name() + ": " + Unusable.why(unusable), unusable);
                }
            }
        }
    }

    private Set<String> changed(List<RouteFile> found) {
        Map<String, RouteFile> before = byLocation(inForce);
        Map<String, RouteFile> after = byLocation(found);
        Set<String> locations = new TreeSet<>(before.keySet());
        locations.addAll(after.keySet());
        locations.removeIf(location -> Objects.equals(before.get(location), after.get(location)));
        return locations;
    }

    private List<RouteFile> partnerFiles(Problems problems) {
        return RouteFile.in(settings.routes().resolve("partners"), problems);
    }

    private static Map<String, RouteFile> byLocation(List<RouteFile> files) {
        return files.stream()
                .collect(Collectors.toMap(RouteFile::location, Function.identity(), (one, other) -> one, TreeMap::new));
    }
}

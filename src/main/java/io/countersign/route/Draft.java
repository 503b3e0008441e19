package io.countersign.route;

import io.countersign.partner.KnownPartner;
import io.countersign.partner.PartnerDirectory;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A state that might come into force, judged as a whole. What is wrong is blamed on the files that have changed, so that the
 * rest may come into force without them.
 */
final class Draft {
    /** Stands for the shared trust where something is to blame. */
    static final String TRUST = "countersign.trust";

    private final Settings settings;
    private final Set<String> changed;
    private final Map<String, RouteFile> files;
    private final Map<String, Says> says;
    private final Map<String, Material> material;
    private final Trusted trust;
    private final Blame blame = new Blame();

    /** @param changed the locations whose files, or whose certificates, are others than before; {@link #TRUST} too */
    Draft(
            Settings settings,
            Set<String> changed,
            Map<String, RouteFile> files,
            Map<String, Says> says,
            Map<String, Material> material,
            Trusted trust) {
        this.settings = settings;
        this.changed = changed;
        this.files = files;
        this.says = says;
        this.material = material;
        this.trust = trust;
    }

    /** @param found gets what is wrong; the state must not be used then */
    State judge(Blame found) {
        unique("partner", "describes", Says::partners);
        unique("route with the id", "has a", each -> toMap(each.routes()));
        namesThatDifferInCaseOnly();
        Problems conflicts = new Problems();
        List<KnownPartner> known = List.copyOf(State.known(material.values()).stream()
                .collect(Collectors.toMap(KnownPartner::id, each -> each, (one, other) -> one, TreeMap::new))
                .values());
        PartnerDirectory directory = new PartnerDirectory(known, trust.authorities(), trust.revocation(), conflicts);
        if (!conflicts.isEmpty()) {
            Set<String> clashing = locationsOf(directory.clashing());
            clashing.retainAll(changed);
            blame.add(clashing.isEmpty() ? Set.of(TRUST) : clashing, String.join("; ", conflicts.found()));
        }
        if (!settings.isLoopback()) {
            directory.sampled().forEach(id -> blame.add(locationsOf(Set.of(id)), sampled(id, settings)));
        }
        found.addAll(blame);
        return new State(files, says, material, trust, directory, State.defaults(directory, says.values()));
    }

    /**
     * A route without the configuration that it names would run all the same, and answer in another way. This also keeps a
     * file with such a configuration at its end from coming into force while it is half written.
     */
    static void checkConfigurations(Map<String, Says> says, Set<String> changed, Blame blame) {
        Set<String> known = new TreeSet<>();
        says.values().forEach(each -> known.addAll(each.configurations()));
        says.forEach((location, each) -> {
            Set<String> missing = new TreeSet<>(each.configured());
            missing.removeAll(known);
            if (!missing.isEmpty()) {
                blame.add(
                        changed.contains(location) ? Set.of(location) : changed,
                        RouteFile.name(location) + ": names the route configuration " + String.join(", ", missing)
                                + ", which no file has; accepted: "
                                + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
        });
    }

    static String sampled(String id, Settings settings) {
        return "partner " + id
                + ": is identified by sample certificates, whose keys everybody has; they are for loopback only, and "
                + settings.get("countersign.host") + " is not";
    }

    private void unique(String what, String verb, Function<Says, Map<String, ?>> names) {
        Map<String, String> owners = new TreeMap<>();
        says.forEach((location, each) -> names.apply(each).keySet().forEach(name -> {
            String other = owners.putIfAbsent(name, location);
            if (other != null) {
                String blamed = changed.contains(location) ? location : other;
                blame.add(
                        blamed,
                        RouteFile.name(blamed) + ": " + verb + " " + what + " " + name + ", which "
                                + RouteFile.name(blamed.equals(location) ? other : location)
                                + (verb.equals("describes") ? " describes already" : " uses already"));
            }
        }));
    }

    private void namesThatDifferInCaseOnly() {
        Map<String, String> lower = new TreeMap<>();
        for (String id : new TreeSet<>(partners())) {
            String other = lower.putIfAbsent(id.toLowerCase(Locale.ROOT), id);
            if (other != null) {
                Set<String> both = locationsOf(List.of(id, other));
                both.retainAll(changed);
                blame.add(
                        both,
                        "partners " + other + " and " + id
                                + ": differ in case only; some file systems would mix their files");
            }
        }
    }

    private List<String> partners() {
        List<String> all = new ArrayList<>();
        says.values().forEach(each -> all.addAll(each.partners().keySet()));
        return all;
    }

    private Set<String> locationsOf(Collection<String> partners) {
        return says.entrySet().stream()
                .filter(each -> partners.stream().anyMatch(each.getValue().partners()::containsKey))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Where files differ from those before. */
    static Set<String> differences(Map<String, RouteFile> before, Map<String, RouteFile> after) {
        Set<String> locations = new TreeSet<>(before.keySet());
        locations.addAll(after.keySet());
        locations.removeIf(location -> Objects.equals(before.get(location), after.get(location)));
        return locations;
    }

    private static Map<String, String> toMap(Set<String> names) {
        return names.stream().collect(Collectors.toMap(name -> name, name -> name));
    }
}

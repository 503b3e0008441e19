package io.countersign.route;

import io.countersign.partner.KnownPartner;
import io.countersign.partner.PartnerDirectory;
import io.countersign.settings.Settings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that is, or could be, in force at one moment; files by their locations.
 *
 * @param defaults the routes to partners whose files have a {@code url} and say no more about sending, as files that
 *     nobody had to write
 */
record State(
        Map<String, RouteFile> files,
        Map<String, Says> says,
        Map<String, Material> material,
        Trusted trust,
        PartnerDirectory directory,
        Map<String, RouteFile> defaults) {
    private static final String TEMPLATE = "send-to-partner";
    private static final String DEFAULT = "the template " + TEMPLATE + " for partner ";
    private static final String ENDING = ".camel.yaml";
    private static final String TO = "to-";

    Says says(String location) {
        return says.getOrDefault(location, Says.NOTHING);
    }

    /** The partners of a file that are known and enabled. */
    Set<String> admitted(String location) {
        Material of = material.get(location);
        return of == null
                ? Set.of()
                : of.known().values().stream()
                        .filter(KnownPartner::enabled)
                        .map(KnownPartner::id)
                        .collect(Collectors.toSet());
    }

    /** The same, with some partners of a file switched off. */
    State without(String location, Set<String> ids, Settings settings) {
        Map<String, RouteFile> otherFiles = new TreeMap<>(files);
        otherFiles.computeIfPresent(location, (same, file) -> file.withPartnersOut());
        Map<String, Material> others = new TreeMap<>(material);
        others.computeIfPresent(location, (same, each) -> each.without(ids));
        return new Draft(settings, Set.of(), otherFiles, says, others, trust).judge(new Blame());
    }

    /** Whether everybody would be treated alike. */
    boolean isTheSameAs(State other) {
        return files.equals(other.files)
                && defaults.equals(other.defaults)
                && trust.isTheSameAs(other.trust)
                && known(material.values()).equals(known(other.material.values()));
    }

    /** The partners that have a route of their own for what they send. */
    Set<String> withOwnRoute() {
        return says.values().stream().flatMap(each -> each.ownRoutes().stream()).collect(Collectors.toSet());
    }

    Set<String> partners() {
        return says.values().stream()
                .flatMap(each -> each.partners().keySet().stream())
                .collect(Collectors.toSet());
    }

    List<String> warnings() {
        return material.values().stream()
                .flatMap(each -> each.warnings().stream())
                .distinct()
                .toList();
    }

    static List<KnownPartner> known(Collection<Material> material) {
        return material.stream().flatMap(each -> each.known().values().stream()).toList();
    }

    static Says saidByDefault(RouteFile toPartner) {
        return Says.route(TO + partner(toPartner));
    }

    static String partner(RouteFile toPartner) {
        return toPartner.name().substring(DEFAULT.length(), toPartner.name().length() - ENDING.length());
    }

    /** The template with its defaults, one route {@code to-PARTNER} each. */
    static Map<String, RouteFile> defaults(PartnerDirectory directory, Collection<Says> says) {
        Set<String> receivers = new TreeSet<>(directory.receivers());
        says.forEach(each -> receivers.removeAll(each.outboxes()));
        return receivers.stream()
                .map(partner -> toPartner(partner, Map.of()))
                .collect(Collectors.toMap(RouteFile::location, file -> file));
    }

    /** @param parameters of the template that have other values than its defaults */
    static RouteFile toPartner(String partner, Map<String, String> parameters) {
        String given = Stream.concat(Stream.of(Map.entry("partner", partner)), parameters.entrySet().stream())
                .map(each -> "      - name: " + each.getKey() + "\n        value: \""
                        + each.getValue().replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n")
                .collect(Collectors.joining());
        return new RouteFile(
                DEFAULT + partner + ENDING,
                "- templatedRoute:\n    routeId: " + TO + partner + "\n    routeTemplateRef: " + TEMPLATE
                        + "\n    parameters:\n" + given);
    }
}

package io.countersign.route;

import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners;
import io.countersign.partner.Partners.Described;
import io.countersign.settings.Problems;
import io.countersign.tls.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The partners of one route file with the certificates and keys that it names, as they were read.
 *
 * @param known nothing where something is wrong with it, or the older ones that stay in force then
 */
record Material(Map<String, KnownPartner> known, Reading reading, List<String> problems, List<String> warnings) {
    static Material read(RouteFile file, Says says, Path home) {
        Reading reading = new Reading();
        Problems problems = new Problems();
        Map<String, KnownPartner> known = new TreeMap<>();
        says.partners().forEach((id, bean) -> {
            KnownPartner partner = Partners.read(id, new Described(file.name(), bean), home, problems, reading);
            if (partner != null) {
                known.put(id, partner);
            }
        });
        return new Material(known, reading, problems.found(), problems.warnings());
    }

    boolean isUsable() {
        return problems.isEmpty();
    }

    /** These partners, although others were read, for what is wrong with those. */
    Material insteadOf(Material read, List<String> why) {
        return new Material(known, read.reading, why, warnings);
    }

    /** With some partners switched off. */
    Material without(Set<String> ids) {
        Map<String, KnownPartner> others = new TreeMap<>(known);
        ids.forEach(id -> others.computeIfPresent(id, (same, partner) -> partner.switchedOff()));
        return new Material(others, reading, problems, warnings);
    }
}

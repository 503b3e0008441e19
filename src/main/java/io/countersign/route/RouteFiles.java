package io.countersign.route;

import io.countersign.partner.Partner;
import io.countersign.partner.Partners.Described;
import io.countersign.settings.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Loads route files into a Camel context, one at a time, so that what is wrong is said of the file that it stands in:
 * first the templates, then the partners, then the rest.
 */
public final class RouteFiles {
    private static final Set<String> ENDINGS = Set.of(".camel.yaml", ".camel.yml", ".camel.xml");

    private final Path folder;
    private final CamelContext context;
    private final Problems problems;
    private final Map<String, Described> partners = new TreeMap<>();

    /** @param folder {@code routes/} */
    public RouteFiles(Path folder, CamelContext context, Problems problems) {
        this.folder = folder;
        this.context = context;
        this.problems = problems;
    }

    public void load() {
        if (!Files.isDirectory(folder)) {
            problems.add(folder.toString(), "no such folder; it holds the route files");
            return;
        }
        files("templates").forEach(this::load);
        files("partners").forEach(this::load);
        files("").forEach(this::load);
    }

    /** The partners that the loaded files describe, by name. */
    public Map<String, Described> partners() {
        return partners;
    }

    private List<Path> files(String name) {
        Path part = folder.resolve(name);
        if (!Files.isDirectory(part)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(part)) {
            return entries.filter(Files::isRegularFile).filter(this::isRouteFile).sorted().toList();
        } catch (IOException unreadable) {
            problems.add(part.toString(), "cannot be listed: " + unreadable.getMessage());
            return List.of();
        }
    }

    /** Editors' own files are passed over; one that looks like a route file and would be is reported. */
    private boolean isRouteFile(Path file) {
        String name = file.getFileName().toString();
        if (name.startsWith(".") || name.endsWith("~")) {
            return false;
        }
        if (ENDINGS.stream().anyMatch(name::endsWith)) {
            return true;
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".xml")) {
            problems.add(name(file), "would not be read; accepted: names that end in .camel.yaml or .camel.xml");
        }
        return false;
    }

    private void load(Path file) {
        Map<String, Partner> before = context.getRegistry().findByTypeWithName(Partner.class);
        try {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(context, file.toUri().toString()));
        } catch (Exception unusable) {
            problems.add(name(file), Problems.reason(unusable));
        }
        context.getRegistry().findByTypeWithName(Partner.class).forEach((id, partner) -> {
            if (!partner.equals(before.get(id))) {
                Described other = partners.put(id, new Described(name(file), partner));
                if (other != null) {
                    problems.add(name(file), "describes partner " + id + ", which " + other.file() + " describes already");
                }
            }
        });
    }

    private String name(Path file) {
        Path parent = folder.getParent();
        return (parent == null ? file : parent.relativize(file)).toString();
    }
}

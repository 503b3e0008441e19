package io.countersign.route;

import io.countersign.partner.PartnerDirectory;
import io.countersign.partner.Partners;
import io.countersign.partner.Partners.Described;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.tls.Authorities;
import io.countersign.tls.RevocationCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The partners' files of a home folder, read and checked as a service would, for whoever looks at them or changes them.
 * Nothing runs, and a service that runs there is not disturbed.
 */
public final class PartnerFiles implements AutoCloseable {
    private final Settings settings;
    private final Authorities trust;
    private final RevocationCheck revocation;
    private final DefaultCamelContext context = new DefaultCamelContext(SharedRegistry.under(new DefaultRegistry()));

    /**
     * What the files say.
     *
     * @param described by partner, also those that are wrong
     * @param directory those that could be used, each for itself
     * @param held those that something wrong keeps as they last were: a mistake in their file, or another partner in their way
     */
    public record Found(Map<String, Described> described, PartnerDirectory directory, Set<String> held) {}

    /** @param parts what route files may name besides what they make themselves */
    public PartnerFiles(Settings settings, Authorities trust, RevocationCheck revocation, Map<String, Object> parts) {
        this.settings = settings;
        this.trust = trust;
        this.revocation = revocation;
        context.getPropertiesComponent().setOverrideProperties(settings.placeholders());
        context.build();
        parts.forEach(context.getRegistry()::bind);
        // What is wrong with other files is another matter; where a partner's file needs it, that says so.
        Problems others = new Problems();
        new RouteFiles(context).load(RouteFile.in(settings.routes(), others), others);
    }

    /** @param problems gets everything that would keep a service from taking the files */
    public Found read(Problems problems) throws IOException {
        return rehearse(files(problems), problems);
    }

    /**
     * The same as if one file were another.
     *
     * @param name relative to the home folder, with slashes
     * @param content none where the file were not there
     */
    public Found readWith(String name, @Nullable String content, Problems problems) throws IOException {
        List<RouteFile> files = new ArrayList<>(files(problems));
        files.removeIf(file -> file.name().equals(name));
        if (content != null) {
            files.add(new RouteFile(name, content));
        }
        return rehearse(files, problems);
    }

    private List<RouteFile> files(Problems problems) {
        return RouteFile.in(folder(), problems);
    }

    /** Where they are. */
    public Path folder() {
        return settings.routes().resolve("partners");
    }

    private Found rehearse(List<RouteFile> files, Problems problems) throws IOException {
        try (Rehearsal rehearsal =
                new Rehearsal(context, RouteFile.in(settings.routes().resolve("templates"), problems))) {
            RouteFiles loaded = rehearsal.load(files, problems);
            PartnerDirectory directory = Partners.read(loaded.partners(), trust, revocation, settings.home(), problems);
            if (!settings.isLoopback()) {
                directory.sampled().forEach(id -> problems.add(Draft.sampled(id, settings)));
            }
            return new Found(loaded.partners(), directory, held(loaded.partners(), directory, problems));
        }
    }

    private Set<String> held(Map<String, Described> described, PartnerDirectory directory, Problems problems) {
        Set<String> held = new TreeSet<>(directory.clashing());
        if (!settings.isLoopback()) {
            held.addAll(directory.sampled());
        }
        Map<String, String> lower = new HashMap<>();
        described.forEach((id, partner) -> {
            String other = lower.putIfAbsent(id.toLowerCase(Locale.ROOT), id);
            if (other != null) {
                held.addAll(List.of(id, other));
            }
            String twice = "describes partner " + id + ", which ";
            if (directory.partner(id) == null
                    || problems.found().stream()
                            .anyMatch(problem -> isOf(partner.file(), problem) || problem.contains(twice))) {
                held.add(id);
            }
        });
        return held;
    }

    /**
     * Whether something wrong is said of a file; what two partners' files have against each other is of neither.
     *
     * @param name relative to the home folder
     */
    public static boolean isOf(String name, String problem) {
        return problem.startsWith(name + ": ") || problem.startsWith(name + ", ");
    }

    @Override
    public void close() throws IOException {
        context.close();
    }
}

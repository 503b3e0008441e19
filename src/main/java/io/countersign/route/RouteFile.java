package io.countersign.route;

import io.countersign.settings.Problems;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A route file as it was at one moment.
 *
 * @param name for messages, relative to the home folder: {@code routes/partners/acme.camel.yaml}
 */
record RouteFile(String name, String content) {
    private static final String SCHEME = "file:";
    private static final List<String> ROOTS = List.of(
            "beans",
            "routes",
            "route",
            "routeTemplates",
            "routeTemplate",
            "templatedRoutes",
            "templatedRoute",
            "routeConfigurations",
            "routeConfiguration");
    private static final Set<String> ENDINGS = Set.of(".camel.yaml", ".camel.yml", ".camel.xml");

    /** The route files of a folder, by name; an absent folder holds none. */
    static List<RouteFile> in(Path folder, Problems problems) {
        List<RouteFile> files = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return files;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path file : entries.filter(Files::isRegularFile).sorted().toList()) {
                if (isRouteFile(file, problems)) {
                    read(file, problems, files);
                }
            }
        } catch (IOException | UncheckedIOException unreadable) {
            problems.add(folder.toString(), "cannot be read: " + unreadable);
        }
        return files;
    }

    Resource resource() {
        return ResourceHelper.fromString(location(), content);
    }

    String location() {
        return SCHEME + name;
    }

    static String name(String location) {
        return location.startsWith(SCHEME) ? location.substring(SCHEME.length()) : location;
    }

    /**
     * What is wrong with the file as a whole, if anything. Camel passes over files that are not well-formed XML, or have
     * another root than its own, with at most a line in the log; here they are errors.
     */
    @Nullable
    String malformed() {
        if (name.endsWith(".xml")) {
            return malformedXml();
        }
        return new Load(LoadSettings.builder().build()).loadFromString(content) instanceof List
                ? null
                : "is not a list; accepted: YAML whose entries begin with '- beans:' or '- route:'";
    }

    private @Nullable String malformedXml() {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(content));
            reader.nextTag();
            String root = reader.getLocalName();
            while (reader.hasNext()) {
                reader.next();
            }
            return ROOTS.contains(root) ? null : "has the root <" + root + ">; accepted: " + String.join(", ", ROOTS);
        } catch (XMLStreamException malformed) {
            return "is not well-formed XML: " + malformed.getMessage();
        }
    }

    private static void read(Path file, Problems problems, List<RouteFile> files) {
        try {
            files.add(new RouteFile(name(file), Files.readString(file)));
        } catch (CharacterCodingException other) {
            problems.add(name(file), "is not UTF-8");
        } catch (IOException unreadable) {
            problems.add(name(file), "cannot be read: " + unreadable);
        }
    }

    /** Editors' own files are passed over; one that looks like a route file and would be is reported. */
    private static boolean isRouteFile(Path file, Problems problems) {
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

    private static String name(Path file) {
        String text = file.toString().replace('\\', '/');
        int routes = text.lastIndexOf("routes/");
        return routes < 0 ? text : text.substring(routes);
    }
}

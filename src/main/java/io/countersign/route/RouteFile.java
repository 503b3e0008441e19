package io.countersign.route;

import io.countersign.settings.Problems;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.apache.camel.model.RouteDefinition;
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
    private static final String XML_MARK = "<!-- partners out -->";
    private static final String YAML_MARK = "\n# partners out\n";
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
    /** Those whose beans and configurations the others name, in the order in which they name each other. */
    private static final List<String> FIRST = List.of("/proxies.camel.", "/tls.camel.", "/receive.camel.");

    private static final Set<String> ENDINGS = Set.of(".camel.yaml", ".camel.yml", ".camel.xml");

    /** The route files of a folder: first proxies, tls and receive, which the others name, then by name. An absent folder holds none. */
    static List<RouteFile> in(Path folder, Problems problems) {
        List<RouteFile> files = new ArrayList<>();
        try {
            for (Path file : paths(folder)) {
                try {
                    files.add(read(file));
                } catch (IOException unusable) {
                    problems.add(name(file), String.valueOf(unusable.getMessage()));
                }
            }
        } catch (IOException unreadable) {
            problems.add(folder.toString(), "cannot be read: " + unreadable);
        }
        return files;
    }

    /** The files of a folder that are route files, or look as though they were meant to be. */
    static List<Path> paths(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(RouteFile::looksLikeOne)
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(
                                    (Path file) -> rank(file.toString().replace('\\', '/')))
                            .thenComparing(Comparator.naturalOrder()))
                    .toList();
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    /** @throws IOException whose message says why it cannot be one */
    static RouteFile read(Path file) throws IOException {
        if (ENDINGS.stream().noneMatch(file.toString()::endsWith)) {
            throw new IOException("would not be read; accepted: names that end in .camel.yaml or .camel.xml");
        }
        try {
            return new RouteFile(name(file), Files.readString(file));
        } catch (CharacterCodingException other) {
            throw new IOException("is not UTF-8", other);
        } catch (IOException unreadable) {
            throw new IOException("cannot be read: " + unreadable, unreadable);
        }
    }

    /** Whether it is one of those that all others may name. */
    boolean comesFirst() {
        return rank() < FIRST.size();
    }

    /** The lower, the sooner it must be loaded. */
    int rank() {
        return rank(name);
    }

    private static int rank(String name) {
        int rank = 0;
        while (rank < FIRST.size() && !name.contains(FIRST.get(rank))) {
            rank++;
        }
        return rank;
    }

    Resource resource() {
        return ResourceHelper.fromString(location(), content);
    }

    String location() {
        return locationOf(name);
    }

    static String locationOf(String name) {
        return SCHEME + name;
    }

    /** The same for Camel, and another version, so that the file counts as changed when it is as before. */
    RouteFile withPartnersOut() {
        String mark = name.endsWith(".xml") ? XML_MARK : YAML_MARK;
        return content.endsWith(mark) ? this : new RouteFile(name, content + mark);
    }

    /** Of what stands in the file itself. */
    String sha256() {
        String text = content;
        for (String mark : List.of(XML_MARK, YAML_MARK)) {
            text = text.endsWith(mark) ? text.substring(0, text.length() - mark.length()) : text;
        }
        return HexFormat.of().formatHex(digest(text));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Of the file that brought a route; empty for one that none did. */
    static String location(RouteDefinition route) {
        return route.getResource() == null ? "" : route.getResource().getLocation();
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

    /** Editors' own files are passed over. */
    private static boolean looksLikeOne(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && !name.endsWith("~") && name.matches(".*[.](yaml|yml|xml)");
    }

    /** For messages, relative to the home folder. */
    static String name(Path file) {
        String text = file.toString().replace('\\', '/');
        int routes = text.lastIndexOf("routes/");
        return routes < 0 ? text : text.substring(routes);
    }
}

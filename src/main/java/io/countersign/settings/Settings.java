package io.countersign.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The settings in force. Each comes from the first of: {@code -Dcountersign.…}, the environment ({@code COUNTERSIGN_…}),
 * {@code countersign.properties} in the home folder, the defaults. Paths are absolute here.
 */
public final class Settings {
    public static final String PREFIX = "countersign.";
    public static final String FILE = "countersign.properties";
    public static final String HOME = "countersign.home";

    /** The placeholder that follows from whether operators log in. */
    private static final String SCHEME = "countersign.operations-scheme";

    private static final String LEDGER = "countersign.ledger-url";
    private static final String SQLITE = "jdbc:sqlite:";

    private static final Set<String> PATHS = Set.of(
            "countersign.certificate",
            "countersign.key",
            "countersign.next-certificate",
            "countersign.next-key",
            "countersign.keystore",
            "countersign.trust",
            "countersign.data");

    private final Path home;
    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();

    private Settings(Path home) {
        this.home = home;
    }

    /**
     * Gathers the settings without judging their values.
     *
     * @param problems gets keys that nobody knows, and a file that cannot be read
     */
    public static Settings gather(Path home, Map<String, String> environment, Properties system, Problems problems) {
        Settings settings = new Settings(home.toAbsolutePath().normalize());
        Map<String, String> known = defaults();
        settings.take(known, "default");
        settings.takeKnown(settings.file(problems), FILE, known.keySet(), problems);
        for (String key : known.keySet()) {
            String variable = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
            if (environment.containsKey(variable)) {
                settings.take(Map.of(key, environment.get(variable)), "environment " + variable);
            }
        }
        settings.takeKnown(text(system), "-D", known.keySet(), problems);
        PATHS.forEach(settings::makeAbsolute);
        settings.locateLedger();
        settings.values.put(HOME, settings.home.toString());
        return settings;
    }

    public Path home() {
        return home;
    }

    public Path routes() {
        return home.resolve("routes");
    }

    public String get(String key) {
        return values.getOrDefault(key, "");
    }

    public Path path(String key) {
        return Path.of(get(key));
    }

    /** Whether the partners' listener can be reached from this machine alone; not so where its host is unknown. */
    public boolean isLoopback() {
        try {
            return InetAddress.getByName(get("countersign.host")).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    /** The key and where its value came from, for messages. */
    public String where(String key) {
        return key + " (" + sources.getOrDefault(key, "default") + ")";
    }

    /** What differs from the defaults; of passwords, and of settings of others' making, only that they are set. */
    public Map<String, String> changed() {
        Set<String> ours = defaults().keySet();
        Map<String, String> changed = new TreeMap<>();
        sources.forEach((key, source) -> {
            if (key.startsWith(PREFIX) && !source.equals("default")) {
                changed.put(
                        key,
                        key.endsWith("password") || !ours.contains(key)
                                ? "(set)"
                                : get(key).replaceAll("(?i)(password=)[^&]*", "$1***"));
            }
        });
        return changed;
    }

    /** All values, as the placeholders that route files use. */
    public Properties placeholders() {
        Properties placeholders = new Properties();
        placeholders.putAll(values);
        for (String host : List.of("countersign.host", "countersign.operations-host")) {
            placeholders.setProperty(host, inUrl(get(host)));
        }
        placeholders.setProperty(SCHEME, get("countersign.operators").isBlank() ? "http" : "https");
        return placeholders;
    }

    private static Map<String, String> defaults() {
        try (InputStream defaults = Settings.class.getResourceAsStream("/application.properties")) {
            if (defaults == null) {
                throw new IllegalStateException("application.properties is not on the class path");
            }
            Map<String, String> known = read(new InputStreamReader(defaults, StandardCharsets.UTF_8));
            known.keySet().removeIf(key -> !key.startsWith(PREFIX));
            return known;
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private Map<String, String> file(Problems problems) {
        Path file = home.resolve(FILE);
        if (!Files.exists(file)) {
            return Map.of();
        }
        try (Reader reader = Files.newBufferedReader(file)) {
            return read(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            problems.add(file.toString(), "cannot be read: " + Problems.reason(unreadable));
            return Map.of();
        }
    }

    private static Map<String, String> read(Reader reader) throws IOException {
        Properties properties = new Properties();
        properties.load(reader);
        return text(properties);
    }

    private static Map<String, String> text(Properties properties) {
        Map<String, String> text = new TreeMap<>();
        properties
                .stringPropertyNames()
                .forEach(name -> text.put(name, properties.getProperty(name).strip()));
        return text;
    }

    private void takeKnown(Map<String, String> found, String source, Set<String> known, Problems problems) {
        found.forEach((key, value) -> {
            if (known.contains(key) || (!key.startsWith(PREFIX) && source.equals(FILE))) {
                take(Map.of(key, value), source);
            } else if (key.startsWith(PREFIX) && !key.equals(HOME)) {
                problems.add(
                        key + " (" + source + ")",
                        "is not a setting; accepted: " + String.join(", ", new TreeSet<>(known)));
            }
        });
    }

    private void take(Map<String, String> found, String source) {
        values.putAll(found);
        found.keySet().forEach(key -> sources.put(key, source));
    }

    /** Route files put the host into URLs, where an IPv6 address has brackets (RFC 3986, 3.2.2). */
    private static String inUrl(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private void locateLedger() {
        String url = get(LEDGER).replace("{{countersign.data}}", get("countersign.data"));
        values.put(LEDGER, url);
        if (url.startsWith(SQLITE)) {
            values.put(LEDGER, url.substring(SQLITE.length()));
            makeAbsolute(LEDGER);
            values.put(LEDGER, SQLITE + get(LEDGER));
        }
    }

    private void makeAbsolute(String key) {
        if (get(key).isBlank()) {
            return;
        }
        try {
            values.put(key, home.resolve(get(key)).toString());
        } catch (InvalidPathException leftToTheCheck) {
            values.put(key, get(key));
        }
    }
}

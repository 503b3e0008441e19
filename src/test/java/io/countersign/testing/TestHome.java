package io.countersign.testing;

import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A home folder with the project's own route files as they are shipped, certificates of its own, and whichever partners a
 * test describes instead of the samples.
 */
public final class TestHome {
    public final Path folder;
    public final Certified authority = Issue.root("CN=Test authority");
    public final Certified company =
            Issue.to("CN=company").dns("localhost").ip("127.0.0.1").ip("::1").by(authority);
    private final Properties settings = new Properties();

    public TestHome(Path folder) {
        this.folder = folder;
        copy(Path.of("routes"), folder.resolve("routes"), "partners");
        authority.write(certificates(), "ca");
        company.write(certificates(), "company");
        set("countersign.port", "0");
        set("countersign.operations-port", "0");
        set("countersign.certificate", "certificates/company.crt");
        set("countersign.key", "certificates/company.key");
        set("countersign.trust", "certificates/ca.crt");
    }

    public Path certificates() {
        return folder.resolve("certificates");
    }

    public Path data() {
        return folder.resolve("data");
    }

    public TestHome set(String key, String value) {
        settings.setProperty(key, value);
        return this;
    }

    /** A partner whose one certificate is pinned, from anywhere on loopback. */
    public Certified pinned(String name) {
        Certified partner = Issue.to("CN=" + name).by(authority);
        partner.write(certificates(), name);
        partner(name, Map.of("certificates", "certificates/" + name + ".crt", "addresses", "127.0.0.0/8, ::1"));
        return partner;
    }

    /** Writes a partner's file, replacing the one before. */
    public TestHome partner(String name, Map<String, String> properties, String... routes) {
        StringBuilder file = new StringBuilder(
                "- beans:\n    - name: " + name + "\n      type: io.countersign.partner.Partner\n      properties:\n");
        properties.forEach((key, value) ->
                file.append("        ").append(key).append(": \"").append(value).append("\"\n"));
        for (String route : routes) {
            file.append(route);
        }
        return write("routes/partners/" + name + ".camel.yaml", file.toString());
    }

    /** Writes in one step, as an editor that renames into place does. */
    public TestHome write(String file, String content) {
        try {
            Path target = folder.resolve(file);
            Files.createDirectories(java.util.Objects.requireNonNull(target.getParent()));
            Path unfinished = Files.writeString(target.resolveSibling("." + target.getFileName()), content);
            Files.move(unfinished, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public Settings settings(Problems problems) {
        return Settings.gather(folder, Map.of(), settings, problems);
    }

    /** Writes the settings to {@code countersign.properties}, for a process of its own. */
    public TestHome saveSettings() {
        StringBuilder text = new StringBuilder();
        settings.stringPropertyNames().stream()
                .sorted()
                .forEach(key -> text.append(key)
                        .append(" = ")
                        .append(settings.getProperty(key))
                        .append('\n'));
        return write("countersign.properties", text.toString());
    }

    /** Every file below a folder of the data folder, hidden ones too. */
    public List<Path> files(String below) {
        Path start = data().resolve(below);
        if (!Files.exists(start)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(start)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Copies a folder, leaving out what is below folders of one name. */
    public static void copy(Path from, Path to, String without) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.toString().contains("/" + without + "/")) {
                    Path target = to.resolve(from.relativize(file));
                    Files.createDirectories(java.util.Objects.requireNonNull(target.getParent()));
                    Files.copy(file, target);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

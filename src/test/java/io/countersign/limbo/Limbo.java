package io.countersign.limbo;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.Assumptions;

/** The cases of x509-limbo, where they lie beside the project. */
final class Limbo {
    static final Path FOLDER = Path.of("..", "shared", "x509-limbo");

    private Limbo() {}

    /** None where there are no cases here. */
    static List<Case> cases() {
        return file().map(Limbo::read).orElse(List.of());
    }

    static void assumeHere(List<Case> cases) {
        Assumptions.assumeTrue(!cases.isEmpty(), "no limbo-core-*.json.gz in " + FOLDER + " beside the project");
    }

    private static Optional<Path> file() {
        if (!Files.isDirectory(FOLDER)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.getFileName().toString().matches("limbo-core-.*[.]json[.]gz"))
                    .findFirst();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<Case> read(Path file) {
        try (Reader text =
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8)) {
            JsonObject all = (JsonObject) Jsoner.deserialize(text);
            return objects(all, "testcases").map(Limbo::of).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (DeserializationException notJson) {
            throw new IllegalStateException(notJson);
        }
    }

    private static Case of(JsonObject from) {
        String time = from.getString("validation_time");
        Object host = from.get("expected_peer_name");
        return new Case(
                from.getString("id"),
                from.getString("validation_kind").equals("SERVER"),
                from.getString("expected_result").equals("SUCCESS"),
                texts(from, "trusted_certs"),
                texts(from, "untrusted_intermediates"),
                from.getString("peer_certificate"),
                from.getString("peer_certificate_key"),
                time == null ? null : OffsetDateTime.parse(time).toInstant(),
                host instanceof Map<?, ?> name ? String.valueOf(name.get("value")) : "",
                objects(from, "expected_peer_names")
                        .map(name -> name.getString("value"))
                        .toList(),
                texts(from, "crls"));
    }

    private static Stream<JsonObject> objects(JsonObject in, String key) {
        return list(in, key).stream().map(JsonObject.class::cast);
    }

    private static List<String> texts(JsonObject in, String key) {
        return list(in, key).stream().map(String.class::cast).toList();
    }

    private static List<?> list(JsonObject in, String key) {
        return in.get(key) instanceof List<?> list ? list : List.of();
    }
}

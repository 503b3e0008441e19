package io.countersign.sighting;

import io.countersign.transfer.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/**
 * {@code used/PARTNER.json} in the data folder: by fingerprint, when each of a partner's certificates was last used, newest
 * first.
 */
public final class UseFile {
    static final String ENDING = ".json";

    private static final String FOLDER = "used";

    private final Path file;

    UseFile(Path file) {
        this.file = file;
    }

    /** @param data the folder of all that must survive */
    public static UseFile of(Path data, String partner) {
        return new UseFile(folder(data).resolve(partner + ENDING));
    }

    static Path folder(Path data) {
        return data.resolve(FOLDER);
    }

    /**
     * What it says, newest first; nothing where it does not exist.
     *
     * @throws IOException where it cannot be read, naming the file
     */
    public List<Use> read() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        List<Use> uses = new ArrayList<>();
        try {
            JsonObject all = (JsonObject) Jsoner.deserialize(Files.readString(file));
            for (Map.Entry<String, Object> entry : all.entrySet()) {
                JsonObject use = (JsonObject) entry.getValue();
                uses.add(new Use(
                        entry.getKey(),
                        Instant.parse(text(use, "at")),
                        text(use, "address"),
                        text(use, "subject"),
                        Instant.parse(text(use, "notAfter"))));
            }
        } catch (IOException | DeserializationException | ClassCastException | DateTimeException unreadable) {
            throw new IOException(file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
        uses.sort(Comparator.comparing(Use::at).reversed());
        return uses;
    }

    void write(List<Use> newestFirst, Durable durable) throws IOException {
        JsonObject all = new JsonObject();
        for (Use use : newestFirst) {
            JsonObject one = new JsonObject();
            one.put("at", use.at().toString());
            one.put("address", use.address());
            one.put("subject", use.subject());
            one.put("notAfter", use.notAfter().toString());
            all.put(use.fingerprint(), one);
        }
        durable.write(file, (Jsoner.prettyPrint(all.toJson(), 2) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String text(JsonObject of, String key) throws IOException {
        if (of.get(key) instanceof String text) {
            return text;
        }
        throw new IOException("'" + key + "' is missing");
    }
}

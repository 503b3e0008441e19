package io.countersign.send;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/** What lies beside a file that was put away, by the endings that it adds to the file's name. */
final class Papers {
    static final String ANSWER = ".answer.json";
    static final String RECEIPT = ".receipt.json";
    static final String SIGNED = ".receipt.p7m";
    static final String PROBLEM = ".problem.json";
    static final List<String> ALL = List.of(ANSWER, RECEIPT, SIGNED, PROBLEM);

    private Papers() {}

    static Path beside(Path file, String paper) {
        return file.resolveSibling(file.getFileName() + paper);
    }

    /** @throws IOException where it cannot be read, also where it is no JSON */
    static JsonObject read(Path paper) throws IOException {
        try {
            return (JsonObject) Jsoner.deserialize(Files.readString(paper, StandardCharsets.UTF_8));
        } catch (DeserializationException | ClassCastException unreadable) {
            throw new IOException(paper + " cannot be read as JSON", unreadable);
        }
    }
}

package io.countersign.cli;

import io.countersign.audit.AuditLog;
import io.countersign.route.InForce;
import io.countersign.settings.Settings;
import io.countersign.transfer.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a service writes into the audit log. That it cannot be written is said once, and stops nothing. */
final class Auditing {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.audit");

    private final Settings settings;
    private final AuditLog log;
    private boolean complained;

    Auditing(Settings settings) {
        this.settings = settings;
        this.log = new AuditLog(settings.path("countersign.data"));
    }

    /** @param files that are in force, with the SHA-256 of each, so that what changed meanwhile can be seen */
    void started(Map<String, String> files) {
        JsonObject facts = new JsonObject();
        facts.put("version", Commands.VERSION);
        facts.put("settings", new JsonObject(settings.changed()));
        facts.put("files", new JsonObject(files));
        add("started", facts);
    }

    void stopped() {
        JsonObject facts = new JsonObject();
        facts.put("version", Commands.VERSION);
        add("stopped", facts);
    }

    void inForce(InForce change) {
        JsonObject facts = of(change.file(), change.what());
        facts.put("sha256Before", change.before());
        facts.put("sha256After", change.after());
        add("in-force", facts);
    }

    /** @param why nothing of the file as it is now counts */
    void notInForce(String file, List<String> why) {
        JsonObject facts = of(file, why);
        facts.put("sha256", sha256(settings.home().resolve(file)));
        add("not-in-force", facts);
    }

    private JsonObject of(String file, List<String> what) {
        JsonObject facts = new JsonObject();
        facts.put("file", file);
        facts.put("what", new JsonArray(what));
        try {
            Path path = settings.home().resolve(file);
            if (Files.exists(path)) {
                facts.put("owner", Files.getOwner(path).getName());
                facts.put("changed", Files.getLastModifiedTime(path).toInstant().toString());
            }
        } catch (IOException | InvalidPathException | UnsupportedOperationException unknown) {
            LOG.debug("nobody can say whose {} is", file, unknown);
        }
        return facts;
    }

    /** Of a file that is there, and small enough to be one of ours. */
    static @Nullable String sha256(Path file) {
        try {
            return Files.isRegularFile(file) ? HexFormat.of().formatHex(Sha256.of(file)) : null;
        } catch (IOException unreadable) {
            LOG.debug("no digest of {}", file, unreadable);
            return null;
        }
    }

    private synchronized void add(String event, JsonObject facts) {
        try {
            log.add(event, facts);
            complained = false;
        } catch (IOException unwritable) {
            if (!complained) {
                complained = true;
                LOG.error("{} cannot be written, which is said once: {}", log, unwritable.toString());
            }
        }
    }
}

package io.countersign.sighting;

import io.countersign.transfer.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When each certificate last admitted its partner, kept in memory and, some seconds later, in the partner's file. */
final class LastUse {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.partners");

    private final Map<String, PartnerUses> byPartner = new ConcurrentHashMap<>();
    private final Durable durable = new Durable();
    private String complaint = "";

    /** Reads what an earlier run wrote; a file that cannot be read is reported, and begun anew. */
    void read(Path data) {
        Path folder = UseFile.folder(data);
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(UseFile.ENDING) && !name.startsWith(".")) {
                    read(name.substring(0, name.length() - UseFile.ENDING.length()), new UseFile(file));
                }
            }
        } catch (IOException unreadable) {
            LOG.warn("{} cannot be read, so nobody's last use is known: {}", folder, unreadable.toString());
        }
    }

    private void read(String partner, UseFile file) {
        try {
            of(partner).load(file.read());
        } catch (IOException unreadable) {
            LOG.warn(
                    "{}; when the certificates of {} were last used is recorded anew",
                    unreadable.getMessage(),
                    partner);
        }
    }

    void used(String partner, String fingerprint, X509Certificate certificate, String address, Instant now) {
        of(partner).used(fingerprint, certificate, address, now);
    }

    /**
     * Writes what has changed. What cannot be written is reported once and tried again.
     *
     * @param last whether there will be no other time
     */
    void write(Path data, Instant now, boolean last) {
        String failed = "";
        for (Map.Entry<String, PartnerUses> entry : byPartner.entrySet()) {
            PartnerUses uses = entry.getValue();
            if (uses.isDue(now, last)) {
                uses.forget();
                try {
                    UseFile.of(data, entry.getKey()).write(uses.newest(), durable);
                } catch (IOException unwritable) {
                    uses.isStillDue();
                    failed = String.valueOf(unwritable);
                }
            }
        }
        if (!failed.isEmpty() && !failed.equals(complaint)) {
            LOG.warn("when certificates were last used cannot be written, and is tried again: {}", failed);
        }
        complaint = failed;
    }

    List<Use> uses(String partner) {
        PartnerUses uses = byPartner.get(partner);
        return uses == null ? List.of() : uses.newest();
    }

    private PartnerUses of(String partner) {
        PartnerUses uses = byPartner.get(partner); // without a lock, which computeIfAbsent may take
        return uses != null ? uses : byPartner.computeIfAbsent(partner, added -> new PartnerUses());
    }
}

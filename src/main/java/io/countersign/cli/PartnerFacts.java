package io.countersign.cli;

import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners.Described;
import io.countersign.partner.Pin;
import io.countersign.route.PartnerFiles.Found;
import io.countersign.sighting.Use;
import io.countersign.sighting.UseFile;
import io.countersign.tls.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What is to be said of one partner: what its file says, what that comes to, and what was last seen of it. */
final class PartnerFacts {
    private final String name;
    private final Described described;
    private final @Nullable KnownPartner known;
    private final boolean usable;
    private final Instant now;
    private final List<Use> uses;
    private final @Nullable String unreadable;

    PartnerFacts(String name, Described described, Found found, Path data, Instant now) {
        this.name = name;
        this.described = described;
        this.known = found.directory().partner(name);
        this.usable = !found.held().contains(name);
        this.now = now;
        List<Use> read = List.of();
        String problem = null;
        try {
            read = UseFile.of(data, name).read();
        } catch (IOException notReadable) {
            problem = notReadable.getMessage();
        }
        this.uses = read;
        this.unreadable = problem;
    }

    /** For one line of a list. */
    JsonObject brief() {
        JsonObject facts = new JsonObject();
        facts.put("name", name);
        facts.put("enabled", enabled());
        facts.put("usable", usable);
        facts.put("identifiedBy", identifiedBy());
        facts.put("validUntil", earliestEnd().map(Instant::toString).orElse(null));
        facts.put("lastUsed", uses.isEmpty() ? null : uses.get(0).at().toString());
        facts.put("url", properties().get("url"));
        return facts;
    }

    JsonObject all() {
        JsonObject facts = new JsonObject();
        facts.put("name", name);
        facts.put("file", described.file());
        facts.put("enabled", enabled());
        facts.put("identifiedBy", identifiedBy());
        JsonObject properties = new JsonObject();
        properties.putAll(properties());
        facts.put("properties", properties);
        KnownPartner partner = known;
        if (partner != null) {
            facts.put("addresses", partner.addresses().told());
            if (!partner.pins().isEmpty()) {
                facts.put("pins", array(partner.pins().stream().map(this::pin)));
            }
            if (!partner.authorityCertificates().isEmpty()) {
                facts.put(
                        "authorities",
                        array(partner.authorityCertificates().stream()
                                .map(authority -> CertificateFacts.brief(authority, now))));
            }
            if (partner.server().url() != null) {
                facts.put("server", server(partner));
            }
        }
        List<Use> others = uses.stream().filter(use -> !isPinned(use)).toList();
        if (!others.isEmpty()) {
            facts.put("used", array(others.stream().map(PartnerFacts::use)));
        }
        if (unreadable != null) {
            facts.put("lastUse", unreadable);
        }
        return facts;
    }

    private boolean enabled() {
        return !"false".equals(properties().get("enabled"));
    }

    private Map<String, String> properties() {
        return described.partner().properties();
    }

    private String identifiedBy() {
        Map<String, String> properties = properties();
        String named = properties.containsKey("subject")
                ? "subject " + properties.get("subject")
                : properties.containsKey("san") ? properties.get("san") : null;
        if (named != null) {
            return named + " under " + properties.getOrDefault("authority", "the shared trust");
        }
        int pins = known == null ? 0 : known.pins().size();
        return pins == 1 ? "1 pin" : pins + " pins";
    }

    /** Of what still counts; of what has run out only where nothing else is left. */
    private Optional<Instant> earliestEnd() {
        if (known == null) {
            return Optional.empty();
        }
        List<Instant> ends = new ArrayList<>();
        known.pins().forEach(pin -> ends.add(pin.ends()));
        known.authorityCertificates().forEach(authority -> ends.add(end(authority)));
        if (known.pins().isEmpty()) {
            uses.stream().limit(1).forEach(use -> ends.add(use.notAfter()));
        }
        return ends.stream()
                .filter(end -> end.isAfter(now))
                .min(Comparator.naturalOrder())
                .or(() -> ends.stream().max(Comparator.naturalOrder()));
    }

    private static Instant end(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant();
    }

    private JsonObject pin(Pin pin) {
        JsonObject facts = new JsonObject();
        facts.put("file", pin.file());
        facts.put("counts", counts(pin));
        facts.put("from", pin.from() == null ? null : pin.from().toString());
        facts.put("until", pin.until() == null ? null : pin.until().toString());
        facts.putAll(CertificateFacts.brief(pin.certificate(), now));
        Object fingerprint = facts.get("fingerprint");
        Use used = uses.stream()
                .filter(use -> use.fingerprint().equals(fingerprint))
                .findFirst()
                .orElse(null);
        facts.put("lastUsed", used == null ? "never" : used.at() + " from " + used.address());
        return facts;
    }

    private String counts(Pin pin) {
        return pin.begins().isAfter(now)
                ? "not before " + pin.begins()
                : pin.ends().isAfter(now) ? "now" : "no longer, since " + pin.ends();
    }

    private boolean isPinned(Use use) {
        return known != null
                && known.pins().stream()
                        .anyMatch(pin ->
                                Certificates.fingerprint(pin.certificate()).equals(use.fingerprint()));
    }

    private static JsonObject use(Use use) {
        JsonObject facts = new JsonObject();
        facts.put("subject", use.subject());
        facts.put("fingerprint", use.fingerprint());
        facts.put("validUntil", use.notAfter().toString());
        facts.put("lastUsed", use.at() + " from " + use.address());
        return facts;
    }

    private JsonObject server(KnownPartner partner) {
        JsonObject facts = new JsonObject();
        facts.put("url", Objects.toString(partner.server().url()));
        facts.put("trust", properties().getOrDefault("serverTrust", "any server under countersign.trust"));
        facts.put("verifyHost", partner.server().verifyHost());
        facts.put("certificate", properties().getOrDefault("certificate", "the company's own"));
        return facts;
    }

    private static JsonArray array(Stream<JsonObject> facts) {
        return new JsonArray(facts.toList());
    }
}

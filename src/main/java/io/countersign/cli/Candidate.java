package io.countersign.cli;

import io.countersign.sighting.SeenCertificate;
import io.countersign.sighting.SeenCertificates;
import io.countersign.text.OneLine;
import io.countersign.tls.KeyMaterialException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A certificate that may be approved.
 *
 * @param file none where it is one that the service has refused
 * @param seen none where a file was named
 */
record Candidate(
        X509Certificate certificate,
        @Nullable Path file,
        @Nullable SeenCertificate seen) {
    private static final Pattern PREFIX = Pattern.compile("(?i)^SHA-?256( Fingerprint)?[:=]\\s*");
    private static final String HEXADECIMAL = "[0-9a-fA-F]+";
    private static final String FINGERPRINT = "[0-9a-fA-F]{8,64}";
    private static final int LISTED = 10;

    /**
     * The one that is meant.
     *
     * @param which a file, or digits of a fingerprint, as other tools write them too
     * @throws IllegalArgumentException where none is, or more than one, saying which there are
     */
    static Candidate of(String which, Home here) throws IOException, KeyMaterialException {
        String digits = PREFIX.matcher(which.strip()).replaceFirst("").replaceAll("[:\\s]", "");
        if (!digits.matches(HEXADECIMAL) || Files.exists(Path.of(which))) {
            Path file = Path.of(which);
            return new Candidate(HeldCertificate.leaf(file), file, null);
        }
        if (!digits.matches(FINGERPRINT)) {
            throw new IllegalArgumentException(which + ": is no file, and has " + digits.length()
                    + " digits; at least 8 digits of the fingerprint are needed, and at most 64");
        }
        List<SeenCertificate> seen = SeenCertificates.in(here.data());
        List<SeenCertificate> found = seen.stream()
                .filter(each -> each.fingerprint().startsWith(digits.toLowerCase(Locale.ROOT)))
                .toList();
        if (found.size() == 1) {
            return new Candidate(found.get(0).certificate(), null, found.get(0));
        }
        StringBuilder list = new StringBuilder();
        (found.isEmpty() ? seen : found)
                .stream()
                        .limit(LISTED)
                        .forEach(each -> list.append(System.lineSeparator())
                                .append("  ")
                                .append(each.fingerprint())
                                .append("  ")
                                .append(OneLine.printable(each.certificate()
                                        .getSubjectX500Principal()
                                        .getName()))
                                .append("  ")
                                .append(each.at())
                                .append(" from ")
                                .append(each.address()));
        throw new IllegalArgumentException((found.isEmpty()
                        ? "no refused certificate has a fingerprint that begins with "
                        : "more than one begins with ")
                + which
                + (list.isEmpty()
                        ? "; there are none in " + SeenCertificates.folder(here.data())
                        : "; there are:" + list));
    }

    /** What a person compares before saying yes. */
    JsonObject facts() {
        JsonObject facts = CertificateFacts.brief(certificate, Instant.now());
        if (seen != null) {
            facts.put("refused", seen.at() + " from " + seen.address());
            facts.put(
                    "keyProven",
                    seen.possessed()
                            ? "yes, by a handshake"
                            : "no: the handshake failed before, and anybody could have shown this certificate");
        }
        return facts;
    }
}

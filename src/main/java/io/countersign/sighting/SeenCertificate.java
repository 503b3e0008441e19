package io.countersign.sighting;

import io.countersign.tls.Certificates;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.jspecify.annotations.Nullable;

/**
 * A refused caller's certificate, as {@code seen/FINGERPRINT.crt} keeps it.
 *
 * @param possessed whether the caller proved that it has the key: a handshake that ends before that proves nothing, since
 *     anybody may show anybody's certificate
 */
public record SeenCertificate(X509Certificate certificate, Instant at, String address, boolean possessed) {
    private static final Pattern FIRST_LINE =
            Pattern.compile("# refused at (\\S+) from (\\S+); possession of its key was (not )?proven; subject .*");

    private static final int LONGEST_SUBJECT = 200;

    public String fingerprint() {
        return Certificates.fingerprint(certificate);
    }

    /**
     * Reads a file that the service has written.
     *
     * @throws KeyMaterialException where it holds no certificate
     */
    public static SeenCertificate read(Path file) throws KeyMaterialException {
        X509Certificate certificate = PemFile.read(file).certificates().get(0);
        Matcher first = FIRST_LINE.matcher(firstLine(file));
        try {
            return first.matches()
                    ? new SeenCertificate(
                            certificate, Instant.parse(first.group(1)), first.group(2), first.group(3) == null)
                    : new SeenCertificate(certificate, Instant.EPOCH, "-", false);
        } catch (DateTimeException changed) {
            return new SeenCertificate(certificate, Instant.EPOCH, "-", false);
        }
    }

    /** PEM, with a first line about how it was seen. */
    String text() throws IOException {
        StringWriter text = new StringWriter();
        text.append("# refused at ")
                .append(at.toString())
                .append(" from ")
                .append(address)
                .append("; possession of its key was ")
                .append(possessed ? "" : "not ")
                .append("proven; subject ")
                .append(harmless(Certificates.name(certificate)))
                .append('\n');
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(certificate);
        }
        return text.toString();
    }

    /** The stranger chose the subject, which must not look like the beginning of a PEM block. */
    private static String harmless(String subject) {
        String text = subject.replace("--", "-?");
        return text.length() > LONGEST_SUBJECT ? text.substring(0, LONGEST_SUBJECT) + "…" : text;
    }

    private static String firstLine(Path file) throws KeyMaterialException {
        try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
            @Nullable String first = lines.findFirst().orElse(null);
            return first == null ? "" : first;
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            throw new KeyMaterialException(file, "cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }
}

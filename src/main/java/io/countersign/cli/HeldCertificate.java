package io.countersign.cli;

import io.countersign.edit.TextFile;
import io.countersign.tls.Certificates;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.jspecify.annotations.Nullable;

/**
 * A certificate's file in the home folder, for a partner's file to name.
 *
 * @param name relative to the home folder
 * @param copy where it was put there just now; none where it was there
 */
record HeldCertificate(String name, @Nullable Path copy) {
    private static final int DIGITS = 8;
    /** What in a path would be taken for something else where it is named. */
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}._/-]+");

    /** The one certificate of a file, without those above it. */
    static X509Certificate leaf(Path file) throws KeyMaterialException {
        List<X509Certificate> leaves = Certificates.leaves(PemFile.read(file).certificates());
        if (leaves.size() != 1) {
            throw new KeyMaterialException(
                    file,
                    "holds " + leaves.size() + " certificates that could be meant; accepted: one, with or without the"
                            + " authorities above it");
        }
        return leaves.get(0);
    }

    /**
     * Leaves the file where it is, if that is in the home folder, and else writes the certificates, and nothing else of the
     * file, to {@code certs/NAME-XXXXXXXX.crt} there.
     */
    static HeldCertificate keep(Home home, String name, @Nullable Path file, List<X509Certificate> certificates)
            throws IOException, KeyMaterialException {
        if (file != null) {
            Path absolute = file.toAbsolutePath().normalize();
            String relative = absolute.startsWith(home.folder())
                    ? home.folder().relativize(absolute).toString().replace('\\', '/')
                    : "";
            if (PLAIN.matcher(relative).matches() && !absolute.startsWith(home.data())) {
                return new HeldCertificate(relative, null);
            }
        }
        String digits = Certificates.fingerprint(certificates.get(0)).substring(0, DIGITS);
        String relative = "certs/" + name + "-" + digits + ".crt";
        Path target = home.folder().resolve(relative);
        if (Files.exists(target)) {
            if (PemFile.read(target).certificates().equals(certificates)) {
                return new HeldCertificate(relative, null);
            }
            throw new KeyMaterialException(target, "is there already and holds something else");
        }
        Files.createDirectories(home.folder().resolve("certs"));
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (X509Certificate certificate : certificates) {
                writer.writeObject(certificate);
            }
        }
        TextFile.write(target, text.toString());
        return new HeldCertificate(relative, target);
    }

    /** After a change that was not made. */
    void discard() throws IOException {
        if (copy != null) {
            Files.deleteIfExists(copy);
        }
    }
}

package io.countersign.limbo;

import io.countersign.revocation.Revocation;
import io.countersign.revocation.RevocationLists;
import io.countersign.tls.Authorities;
import io.countersign.tls.CertificationPath;
import io.countersign.tls.Issued;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import io.countersign.tls.ServerTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** What the service itself says of a case: its files are read, and its certificates judged, by what every handshake asks. */
final class Judge {
    private final Path folder;

    /** @param folder for files */
    Judge(Path folder) {
        this.folder = folder;
    }

    /** Empty where it holds, else why it does not. */
    String refusal(Case of) throws IOException {
        Instant at = of.at() == null ? Instant.now() : of.at();
        try (Revocation revocation = new Revocation(Clock.fixed(at, ZoneOffset.UTC), Duration.ofSeconds(1), false)) {
            Path trusted = write(String.join("", of.trusted()));
            List<X509Certificate> shown = PemFile.read(write(of.shown())).certificates();
            RevocationLists lists = of.lists().isEmpty()
                    ? RevocationLists.none()
                    : RevocationLists.read(write(String.join("", of.lists())));
            List<Issued> path = of.isServer()
                    ? ServerTrust.read(List.of(trusted)).check(shown.toArray(X509Certificate[]::new), of.host(), at)
                    : CertificationPath.build(shown, Authorities.read(trusted), at)
                            .issued();
            // What has a time of its own and no lists is from the web; its responders would be asked now, over the
            // network.
            if (of.at() == null || !of.lists().isEmpty()) {
                revocation.with(lists).check(path, List.of());
            }
            return "";
        } catch (KeyMaterialException | CertificateException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private Path write(String pem) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "", ".pem"), pem);
    }
}

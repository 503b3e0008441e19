package io.countersign.doctor;

import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.tls.Dated;
import io.countersign.version.Standing;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * An installation to be looked at.
 *
 * @param problems what is wrong with settings, routes and partners' files
 * @param dated what ends at some time
 * @param own our certificate and its chain; empty where it cannot be used
 * @param keys the files of our private keys
 * @param built when this program was built, as far as that is known; the clock cannot be before it
 * @param standing how the JDK and the libraries stand against what is known of them
 */
public record Installation(
        Settings settings,
        Problems problems,
        List<Dated> dated,
        List<X509Certificate> own,
        List<Path> keys,
        Clock clock,
        Instant built,
        Standing standing) {
    /** By the date of its archive; the beginning of time where nobody knows. */
    public static Instant builtAt() {
        try {
            return Files.getLastModifiedTime(Path.of(Installation.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI()))
                    .toInstant();
        } catch (IOException | URISyntaxException | RuntimeException unknown) {
            return Instant.EPOCH;
        }
    }

    Path data() {
        return settings.path("countersign.data").normalize();
    }
}

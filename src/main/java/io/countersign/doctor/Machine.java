package io.countersign.doctor;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.net.ssl.SSLContext;

/** The clock, the JDK and the limits of the machine. */
final class Machine {
    private static final Duration TOLERANCE = Duration.ofMinutes(1);
    private static final Duration BUILD_TOLERANCE = Duration.ofDays(1);
    private static final int MOST_LOOKED_AT = 20_000;
    private static final int FEW_FILES = 1024;
    private static final int STRONG_BITS = 256;
    private static final long MEGABYTE = 1_000_000;

    private final Installation installation;

    Machine(Installation installation) {
        this.installation = installation;
    }

    Finding clock() {
        Instant now = installation.clock().instant();
        String seen = "it is " + now.truncatedTo(ChronoUnit.SECONDS) + " here";
        String remedy = "we set the clock of this machine, and let it follow a time server";
        if (now.isBefore(installation.built().minus(BUILD_TOLERANCE))) {
            return Finding.failed(
                    "clock",
                    seen,
                    new Cause("the clock is behind: this program was built later, on " + installation.built(), remedy));
        }
        Optional<Path> newest = newest();
        if (newest.isPresent() && changed(newest.get()).isAfter(now.plus(TOLERANCE))) {
            return Finding.failed(
                    "clock",
                    seen,
                    new Cause(
                            "the clock is behind, or was ahead before: " + newest.get() + " is of "
                                    + changed(newest.get()).truncatedTo(ChronoUnit.SECONDS),
                            remedy));
        }
        return Finding.ok("clock", seen + ", later than anything in the data folder");
    }

    private Optional<Path> newest() {
        if (!Files.isDirectory(installation.data())) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(installation.data())) {
            return files.limit(MOST_LOOKED_AT).filter(Files::isRegularFile).max(Comparator.comparing(Machine::changed));
        } catch (IOException | UncheckedIOException unreadable) {
            return Optional.empty(); // which is told elsewhere
        }
    }

    private static Instant changed(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException gone) {
            return Instant.EPOCH;
        }
    }

    Finding java() {
        String seen = Runtime.version() + " of " + System.getProperty("java.vendor");
        try {
            if (Cipher.getMaxAllowedKeyLength("AES") < STRONG_BITS) {
                return Finding.failed(
                        "JDK",
                        seen,
                        new Cause("it is limited to weak keys", "we set crypto.policy=unlimited in its java.security"));
            }
            List<String> versions =
                    List.of(SSLContext.getDefault().getDefaultSSLParameters().getProtocols());
            return versions.contains("TLSv1.3")
                    ? Finding.ok("JDK", seen + ", with TLS 1.3 and strong keys")
                    : Finding.warning(
                            "JDK",
                            seen,
                            new Cause(
                                    "it speaks no TLS 1.3 by default, but " + String.join(", ", versions),
                                    "we look at jdk.tls.disabledAlgorithms in its java.security, and at JAVA_OPTS"));
        } catch (GeneralSecurityException missing) {
            return Finding.failed(
                    "JDK", seen, new Cause("it lacks what TLS needs: " + missing.getMessage(), "we install another"));
        }
    }

    Finding limits() {
        String memory = Runtime.getRuntime().maxMemory() / MEGABYTE + " MB of memory at most";
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
            return Finding.ok("limits", memory);
        }
        long files = unix.getMaxFileDescriptorCount();
        return files < FEW_FILES
                ? Finding.warning(
                        "limits",
                        memory,
                        new Cause(
                                "only " + files + " files may be open, connections among them",
                                "we raise the limit (ulimit -n, LimitNOFILE) to " + FEW_FILES + " or more"))
                : Finding.ok("limits", memory + ", " + files + " open files");
    }
}

package io.countersign.doctor;

import io.countersign.doctor.Finding.Mark;
import io.countersign.operations.Expiry;
import io.countersign.tls.Certificates;
import io.countersign.tls.Dated;
import io.countersign.tls.SampleCertificates;
import io.countersign.tls.ServerName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Settings, route files, keys and certificates of an installation. */
final class Papers {
    private final Installation installation;

    Papers(Installation installation) {
        this.installation = installation;
    }

    Finding files() {
        List<String> problems = installation.problems().found();
        if (!problems.isEmpty()) {
            return Finding.failed(
                            "settings and routes",
                            problems.size() + (problems.size() == 1 ? " mistake" : " mistakes"),
                            new Cause(
                                    String.join("; ", problems),
                                    "we mend what is named; each line says what is accepted"))
                    .with(List.of());
        }
        List<String> warnings = installation.problems().warnings();
        return warnings.isEmpty()
                ? Finding.ok("settings and routes", "all of them can be used, keys fit their certificates")
                : Finding.warning(
                        "settings and routes",
                        "can be used",
                        new Cause(String.join("; ", warnings), "look whether that is meant so"));
    }

    Finding keys() {
        List<String> open = installation.keys().stream()
                .filter(Files::isRegularFile)
                .filter(key -> !isSample(key) && permissions(key).contains(PosixFilePermission.OTHERS_READ))
                .map(key -> key + " (" + PosixFilePermissions.toString(permissions(key)) + ")")
                .toList();
        return open.isEmpty()
                ? Finding.ok("private keys", installation.keys().size() + ", none of them open to everybody here")
                : Finding.failed(
                        "private keys",
                        open.size() + " of " + installation.keys().size(),
                        new Cause(
                                "everybody on this machine can read " + String.join(", ", open),
                                "we run chmod 600 on them, as the user who runs the service; where others had access to"
                                        + " this machine, we get new keys"));
    }

    /** Those of the samples are published, and warned of elsewhere. */
    private boolean isSample(Path key) {
        return installation.own().stream().anyMatch(SampleCertificates::isSample)
                && key.equals(installation.settings().path("countersign.key"));
    }

    Finding routes() {
        Path routes = installation.settings().routes();
        try (Stream<Path> all = Files.isDirectory(routes) ? Files.walk(routes) : Stream.empty()) {
            List<String> open = all.filter(path -> permissions(path).contains(PosixFilePermission.OTHERS_WRITE))
                    .map(Path::toString)
                    .toList();
            return open.isEmpty()
                    ? Finding.ok("route files", "only their owner and group may change them")
                    : Finding.warning(
                            "route files",
                            open.size() + " may be changed by everybody",
                            new Cause(
                                    "everybody on this machine can change what this service does: "
                                            + String.join(", ", open),
                                    "we run chmod o-w on them"));
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            return Finding.failed(
                    "route files",
                    "cannot be listed",
                    new Cause(String.valueOf(unreadable.getMessage()), "we let the service's user read them"));
        }
    }

    /** None where the file system has none. */
    private static Set<PosixFilePermission> permissions(Path path) {
        try {
            return Files.isSymbolicLink(path) ? Set.of() : Files.getPosixFilePermissions(path);
        } catch (IOException | UnsupportedOperationException unknown) {
            return Set.of();
        }
    }

    Finding dates() {
        Instant now = installation.clock().instant();
        List<Dated> dated = installation.dated();
        List<String> endings = new Expiry(() -> dated, installation.clock()).expiring();
        if (endings.isEmpty()) {
            return Finding.ok("dates", "nothing of " + dated.size() + " ends within 30 days");
        }
        boolean failed = dated.stream()
                .filter(one -> one.notAfter().isBefore(now))
                .anyMatch(one -> dated.stream().noneMatch(other -> one.isFollowedBy(other, now)));
        return new Finding(
                failed ? Mark.FAILED : Mark.WARNING,
                "dates",
                endings.size() + " of " + dated.size() + " end soon or have ended",
                List.of(),
                String.join("; ", endings),
                "we renew our own ('countersign certs request'), ask partners for their new ones, and put fresh revocation"
                        + " lists in place");
    }

    Finding host() {
        if (installation.own().isEmpty()) {
            return Finding.none("our host", "there is no certificate of ours to look at");
        }
        X509Certificate leaf = installation.own().get(0);
        List<String> names = ServerName.names(leaf);
        String host = installation.settings().get("countersign.host");
        if (names.isEmpty()) {
            return Finding.warning(
                    "our host",
                    "our certificate names none",
                    new Cause(
                            "our certificate has no subject alternative name: partners who check the host refuse it",
                            "we get one with --dns and the name that partners call ('countersign certs request')"));
        }
        boolean isName = !Reach.isAddress(host);
        return isName && !ServerName.isNamed(host, leaf)
                ? Finding.warning(
                        "our host",
                        "our certificate names " + String.join(", ", names),
                        new Cause(
                                "it does not name " + host + ", which countersign.host has",
                                "where partners call that name, we get a certificate with it"))
                : Finding.ok(
                        "our host",
                        "our certificate names " + String.join(", ", names) + "; partners must call one of these");
    }

    Finding samples() {
        List<String> used = Stream.concat(
                        installation.own().stream(),
                        installation.dated().stream().map(Dated::certificate).filter(Objects::nonNull))
                .filter(SampleCertificates::isSample)
                .map(Certificates::name)
                .distinct()
                .toList();
        return used.isEmpty()
                ? Finding.ok("sample certificates", "none in use")
                : Finding.warning(
                        "sample certificates",
                        used.size() + " in use",
                        new Cause(
                                "everybody has the keys of " + String.join(", ", used),
                                "we replace them before anything real is sent"));
    }
}

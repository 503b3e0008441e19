package io.countersign.cli;

import io.countersign.client.SendingFile;
import io.countersign.operations.Expiry;
import io.countersign.operations.Metrics;
import io.countersign.partner.Partners;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusing;
import io.countersign.revocation.Revocation;
import io.countersign.revocation.RevocationLists;
import io.countersign.route.OwnRoute;
import io.countersign.route.PartnerFiles;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.sighting.Sightings;
import io.countersign.tls.Authorities;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.RevocationCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A home folder as a command finds it, whether or not a service runs there. */
final class Home implements AutoCloseable {
    private final Settings settings;
    private final Authorities trust;
    private final Problems problems;
    private final PartnerFiles files;
    private final Revocation revocation;

    private Home(
            Settings settings, Authorities trust, Revocation revocation, RevocationCheck check, Problems problems) {
        this.settings = settings;
        this.revocation = revocation;
        this.trust = trust;
        this.problems = problems;
        Refusing refusing = new Refusing();
        refusing.setRefusals(new Refusals());
        files = new PartnerFiles(
                settings,
                trust,
                check,
                Map.of(
                        "ledger",
                        Ledgers.of(settings, ""),
                        "metrics",
                        Metrics.registry(),
                        "expiry",
                        new Expiry(List::of, Clock.systemUTC()),
                        "partners",
                        new Partners(Clock.systemUTC()),
                        "sightings",
                        new Sightings(Clock.systemUTC()),
                        "refusal",
                        refusing,
                        "hasOwnRoute",
                        new OwnRoute(),
                        "progress",
                        (SendingFile.Progress) (file, sent, of) -> {}));
    }

    /** Settings that are wrong are reported with everything else that is. */
    static Home open(Path folder) {
        quiet();
        Problems problems = new Problems();
        Settings settings = Settings.gather(folder, System.getenv(), System.getProperties(), problems);
        RevocationLists lists = RevocationLists.none();
        try {
            lists = RevocationLists.read(settings.path("countersign.trust"));
        } catch (KeyMaterialException | InvalidPathException unusable) {
            problems.add(settings.where("countersign.trust"), String.valueOf(unusable.getMessage()));
        }
        Authorities trust = trust(settings, problems);
        Revocation revocation = Revoked.check(settings, Clock.systemUTC());
        return new Home(settings, trust, revocation, revocation.with(lists), problems);
    }

    /**
     * The same for who judges by files alone: nobody is asked whether a certificate is revoked.
     *
     * @param instead trusted instead of {@code countersign.trust}
     */
    static Home openOffline(Path folder, @Nullable Authorities instead) {
        quiet();
        Problems problems = new Problems();
        Settings settings = Settings.gather(folder, System.getenv(), System.getProperties(), problems);
        Authorities trust = instead == null ? trust(settings, problems) : instead;
        return new Home(settings, trust, Revoked.check(settings, Clock.systemUTC()), (path, stapled) -> {}, problems);
    }

    private static Authorities trust(Settings settings, Problems problems) {
        if (!Files.isDirectory(settings.routes())) {
            problems.add(settings.routes().toString(), "no such folder; it holds the route files");
        }
        try {
            return Authorities.read(settings.path("countersign.trust"));
        } catch (KeyMaterialException | InvalidPathException unusable) {
            problems.add(settings.where("countersign.trust"), String.valueOf(unusable.getMessage()));
            return Authorities.of(List.of());
        }
    }

    /** Before the first line is logged: standard output is for what was asked. */
    static void quiet() {
        System.setProperty("log.target", "System.err");
        System.setProperty("log.level", "WARN");
    }

    Settings settings() {
        return settings;
    }

    Authorities trust() {
        return trust;
    }

    Path folder() {
        return settings.home();
    }

    Path data() {
        return settings.path("countersign.data").normalize();
    }

    PartnerFiles files() {
        return files;
    }

    /** What is wrong with the settings, to go on with. */
    Problems problems() {
        Problems copy = new Problems();
        problems.found().forEach(line -> {
            int colon = line.indexOf(": ");
            copy.add(line.substring(0, colon), line.substring(colon + 2));
        });
        return copy;
    }

    @Override
    public void close() throws IOException {
        files.close();
        revocation.close();
    }
}

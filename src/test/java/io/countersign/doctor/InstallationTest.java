package io.countersign.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.doctor.Finding.Mark;
import io.countersign.settings.Problems;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.Ran;
import io.countersign.testing.RevokedList;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import io.countersign.version.Standing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code countersign doctor} alone: a good home is all well, and each mistake is seen for what it is. */
class InstallationTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path folder;

    private TestHome home;

    /** A mistake. */
    interface Mistake {
        void in(TestHome home) throws Exception;
    }

    @BeforeEach
    void describe() {
        home = new TestHome(folder.resolve("home"));
        home.pinned("acme");
        secure(home.certificates());
        home.saveSettings();
    }

    private static void secure(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path key :
                    files.filter(file -> file.toString().endsWith(".key")).toList()) {
                Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void aGoodHomePassesAllAndNothingInItChanges() throws Exception {
        RunningService.start(home).close();
        Map<String, String> before = tree();
        Ran ran = Ran.command("doctor", "--home", home.folder);
        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out())
                .contains("0 of 18 checks failed", "ok       ledger: the ledger ", "ok       disk: a file was written")
                .contains("ok       libraries' fixes: ")
                .doesNotContain("FAILED");
        assertThat(ran.out().lines())
                .noneMatch(line -> line.startsWith("warning  ") && !line.contains(" JDK's fixes: "));
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void aHomeThatWasNeverStartedIsWellToo() throws Exception {
        Map<String, String> before = tree();
        Ran ran = Ran.command("doctor", "--home", home.folder);
        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).contains("the first start makes it");
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void besideARunningServiceItsPortsAreItsOwn() throws Exception {
        int port = freePort();
        home.set("countersign.port", String.valueOf(port)).saveSettings();
        try (RunningService service = RunningService.start(home)) {
            Ran ran = Ran.command("doctor", "--home", home.folder);
            assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out()).contains("port " + port + ", taken by the Countersign that runs here");
            assertThat(service.port()).isEqualTo(port);
        }
    }

    static List<Arguments> mistakes() {
        return List.of(
                mistake("settings and routes", "'many' is not a port", h -> h.set("countersign.port", "many")),
                mistake("settings and routes", "is not the key of 'CN=company'", h -> {
                    Issue.to("CN=else").by(h.authority).write(h.certificates(), "other");
                    Files.copy(
                            h.certificates().resolve("other.key"),
                            h.certificates().resolve("mixed.key"));
                    secure(h.certificates());
                    h.set("countersign.key", "certificates/mixed.key");
                }),
                mistake(
                        "settings and routes",
                        "none.crt",
                        h -> h.partner("globex", Map.of("certificates", "certificates/none.crt"))),
                mistake(
                        "private keys",
                        "everybody on this machine can read",
                        h -> Files.setPosixFilePermissions(
                                h.certificates().resolve("company.key"), PosixFilePermissions.fromString("rw-r--r--"))),
                mistake(
                        "route files",
                        "everybody on this machine can change",
                        h -> Files.setPosixFilePermissions(
                                h.folder.resolve("routes/partners"), PosixFilePermissions.fromString("rwxrwxrwx"))),
                mistake("dates", "our own certificate 'CN=company' ends on", h -> {
                    Issue.to("CN=company")
                            .dns("localhost")
                            .valid(Instant.now().minus(DAY), Instant.now().plus(DAY.multipliedBy(5)))
                            .by(h.authority)
                            .write(h.certificates(), "company");
                    secure(h.certificates());
                }),
                mistake("dates", "the revocation list of 'CN=Test authority' ended on", h -> {
                    Path trust = Files.createDirectories(h.certificates().resolve("trust"));
                    h.authority.write(trust, "ca");
                    secure(h.certificates());
                    Instant now = Instant.now();
                    Files.writeString(
                            trust.resolve("ca.crl"),
                            RevokedList.of(h.authority)
                                    .valid(now.minus(DAY.multipliedBy(3)), now.minus(DAY.multipliedBy(2)))
                                    .pem());
                    h.set("countersign.trust", "certificates/trust");
                }),
                mistake("our host", "no subject alternative name", h -> {
                    Issue.to("CN=company").by(h.authority).write(h.certificates(), "company");
                    secure(h.certificates());
                }),
                mistake("sample certificates", "everybody has the keys of", h -> {
                    TestHome.copy(Path.of("certs-sample"), h.folder.resolve("certs-sample"), "nothing");
                    h.set("countersign.trust", "certs-sample/ca.crt");
                }),
                mistake("clock", "the clock is behind, or was ahead before", h -> {
                    Path late = Files.createDirectories(h.data()).resolve("late");
                    Files.writeString(late, "x");
                    Files.setLastModifiedTime(late, FileTime.from(Instant.now().plus(DAY)));
                }),
                mistake("data folder", "cannot write to", h -> Files.writeString(h.data(), "a file")),
                mistake("ledger", "is gone, although there are receipts", h -> {
                    Files.createDirectories(h.data().resolve("receipts/acme"));
                    Files.writeString(h.data().resolve("receipts/acme/1.json"), "{}");
                }),
                mistake("ledger", "cannot be read", h -> {
                    Files.createDirectories(h.data());
                    Files.writeString(h.data().resolve("ledger.db"), "this is no database at all, ".repeat(200));
                }),
                mistake("ledger", "it belongs to another", h -> {
                    RunningService.start(h).close();
                    Files.writeString(h.data().resolve("node"), "another\n");
                    Files.createDirectories(h.data().resolve("receipts/acme"));
                    Files.writeString(h.data().resolve("receipts/acme/1.json"), "{}");
                }),
                mistake("outboxes", "wait for more than a day", h -> {
                    Path waiting = Files.createDirectories(h.data().resolve("outbox/acme"))
                            .resolve("old.txt");
                    Files.writeString(waiting, "x");
                    Files.setLastModifiedTime(
                            waiting, FileTime.from(Instant.now().minus(DAY.multipliedBy(2))));
                }),
                mistake(
                        "partners' port",
                        "is no address of this machine",
                        h -> h.set("countersign.host", "192.0.2.7").set("countersign.port", "8443")));
    }

    private static Arguments mistake(String step, String words, Mistake mistake) {
        return Arguments.of(step, words, mistake);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("mistakes")
    void eachMistakeIsSeenForWhatItIs(String step, String words, Mistake mistake) throws Exception {
        mistake.in(home);
        home.saveSettings();
        Ran ran = Ran.command("doctor", "--home", home.folder);
        List<String> lines = ran.out().lines().toList();
        int at = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches("(FAILED |warning)  " + step + ": .*")) {
                at = i;
            }
        }
        assertThat(at).as(ran.out() + ran.err()).isNotNegative();
        assertThat(lines.get(at + 1)).contains("What is wrong: ", words);
        assertThat(lines.get(at + 2)).contains("What to do: ");
        assertThat(ran.exitCode()).as(ran.out()).isEqualTo(ran.out().contains("FAILED") ? 1 : 0);
    }

    @Test
    void aPortThatSomebodyElseHasIsAFailure() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            home.set("countersign.port", String.valueOf(other.getLocalPort())).saveSettings();
            Ran ran = Ran.command("doctor", "--home", home.folder);
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.out()).contains("FAILED   partners' port", "somebody else listens there");
        }
    }

    @Test
    void aDamagedLedgerIsSeen() throws Exception {
        RunningService.start(home).close();
        Path ledger = home.data().resolve("ledger.db");
        byte[] bytes = Files.readAllBytes(ledger);
        for (int i = 4096 + 100; i < 4 * 4096; i++) {
            bytes[i] = (byte) 0xA5;
        }
        Files.write(ledger, bytes);
        Ran ran = Ran.command("doctor", "--home", home.folder);
        assertThat(ran.exitCode()).as(ran.out()).isEqualTo(1);
        assertThat(ran.out()).contains("FAILED   ledger").containsPattern("damaged|malformed");
    }

    @Test
    void aClockBeforeTheProgramWasBuiltIsAFailure() {
        Problems problems = new Problems();
        Machine machine = new Machine(new Installation(
                home.settings(problems),
                problems,
                List.of(),
                List.of(),
                List.of(),
                Clock.systemUTC(),
                Instant.now().plus(DAY.multipliedBy(3)),
                Standing.here()));
        assertThat(machine.clock().mark()).isEqualTo(Mark.FAILED);
        assertThat(machine.clock().wrong()).contains("this program was built later");
    }

    @Test
    void littleRoomIsLessThanAGigabyteOrFivePercent() {
        assertThat(DataFolder.isLittle(999_000_000L, 10_000_000_000L)).isTrue();
        assertThat(DataFolder.isLittle(4_000_000_000L, 100_000_000_000L)).isTrue();
        assertThat(DataFolder.isLittle(6_000_000_000L, 100_000_000_000L)).isFalse();
    }

    @Test
    void aLowLimitOfOpenFilesIsAWarning() throws Exception {
        List<String> program = new ArrayList<>(io.countersign.testing.Jvm.countersign());
        program.addAll(List.of("doctor", "--home", home.folder.toString()));
        Command ran =
                Command.run(folder, List.of("sh", "-c", "ulimit -n 512; exec '" + String.join("' '", program) + "'"));
        assertThat(ran.output()).contains("warning  limits", "only 512 files may be open");
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return free.getLocalPort();
        }
    }

    /** Every file and folder, with its content or, of the ledger, its content too. */
    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(home.folder)) {
            for (Path each : all.toList()) {
                tree.put(
                        each.toString(),
                        Files.isDirectory(each)
                                ? "folder"
                                : Files.getLastModifiedTime(each) + " "
                                        + new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1).hashCode());
            }
        }
        return tree;
    }
}

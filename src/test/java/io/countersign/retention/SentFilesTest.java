package io.countersign.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Logged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sent file goes with its papers, by the time of the partner's answer, and nothing else goes with it. */
class SentFilesTest {
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration OLD = Duration.ofDays(31);
    private static final Duration YOUNG = Duration.ofDays(29);

    @TempDir
    private Path data;

    private final Instant now = Instant.now();
    private final Logged log = Logged.by("countersign.retention");

    @AfterEach
    void stopListening() {
        log.close();
    }

    @Test
    void goWithTheirPapersByTheTimeOfTheAnswer() throws IOException {
        sent("acme/old.xml", OLD);
        sent("acme/2026/11/old.xml", OLD);
        sent("globex/old.xml", OLD);
        sent("acme/young.xml", YOUNG);
        age("acme/young.xml", OLD); // the file itself is as old as whoever wrote it says
        age("acme/young.xml.receipt.json", OLD);
        age("acme/young.xml.receipt.p7m", OLD);

        assertThat(remove()).isEqualTo(3);

        assertThat(left())
                .containsExactlyInAnyOrder(
                        "acme/young.xml",
                        "acme/young.xml.answer.json",
                        "acme/young.xml.receipt.json",
                        "acme/young.xml.receipt.p7m");
    }

    @Test
    void goByTheirOwnTimeWhereThereIsNoAnswer() throws IOException {
        write("acme/old.xml", "", OLD);
        write("acme/young.xml", "", YOUNG);
        write("acme/damaged.xml", "", YOUNG);
        write("acme/damaged.xml.answer.json", "{\"answeredAt\":", OLD);
        write("acme/odd.xml.answer.json", "{\"answeredAt\":[]}", OLD);
        write("acme/deep.xml.answer.json", "[".repeat(100_000), OLD);
        write("acme/lonely.xml.receipt.json", "{}", OLD);

        remove();

        assertThat(left()).containsExactly("acme/young.xml");
    }

    @Test
    void goThoughTheirPapersWereTaken() throws IOException {
        sent("acme/order.xml", OLD);
        Files.delete(data.resolve("sent/acme/order.xml"));

        assertThat(remove()).isZero();

        assertThat(left()).isEmpty();
    }

    /** A file may be called like another's paper. */
    @Test
    void areNotTakenForPapers() throws IOException {
        sent("acme/x", YOUNG);
        sent("acme/y.answer.json", YOUNG);
        age("acme/y.answer.json", OLD);
        write("acme/y", "", YOUNG);
        sent("acme/z.receipt.json", OLD);
        sent("acme/z", YOUNG.minusDays(1));

        assertThat(remove()).isEqualTo(1);

        assertThat(left())
                .contains("acme/x", "acme/y", "acme/y.answer.json", "acme/y.answer.json.answer.json", "acme/z")
                .doesNotContain("acme/z.receipt.json.answer.json");
    }

    @Test
    void takeFoldersWithThemThatAreEmptyThen() throws IOException {
        sent("acme/2026/10/old.xml", OLD);
        sent("acme/2026/11/young.xml", YOUNG);
        sent("globex/old.xml", OLD);
        Path fresh = Files.createDirectories(data.resolve("sent/acme/2026/12"));
        for (String folder : List.of("acme", "acme/2026", "acme/2026/10", "acme/2026/11", "globex")) {
            age(folder, OLD);
        }

        remove();

        assertThat(data.resolve("sent/acme/2026/10")).doesNotExist();
        assertThat(data.resolve("sent/acme/2026/11/young.xml")).exists();
        assertThat(fresh)
                .as("one that was made just now, for a file that comes")
                .exists();
        assertThat(data.resolve("sent/globex")).isEmptyDirectory();
    }

    @Test
    void areLookedForNowhereElse() throws IOException {
        for (String place : List.of("../inbox/acme", "../outbox/acme", "../failed/acme", "../elsewhere")) {
            sent(place + "/order.xml", OLD);
        }
        write("in-no-folder.xml", "", OLD);
        Files.createSymbolicLink(data.resolve("sent/globex"), data.resolve("inbox/acme"));
        Files.createDirectories(data.resolve("sent/acme"));
        Files.createSymbolicLink(data.resolve("sent/acme/folder"), data.resolve("elsewhere"));
        Files.createSymbolicLink(data.resolve("sent/acme/file"), data.resolve("elsewhere/order.xml"));

        remove();

        assertThat(files(data.resolve("inbox"))).hasSize(4);
        assertThat(files(data.resolve("outbox"))).hasSize(4);
        assertThat(files(data.resolve("failed"))).hasSize(4);
        assertThat(files(data.resolve("elsewhere"))).hasSize(4);
        assertThat(data.resolve("sent/in-no-folder.xml")).exists();
    }

    @Test
    void thatCannotBeDeletedAreToldOnceAndKeepTheirPapers() throws IOException {
        sent("acme/order.xml", OLD);
        Files.delete(data.resolve("sent/acme/order.xml"));
        Path inTheWay = write("acme/order.xml/file", "", YOUNG);
        Removal removal = new Removal();

        SentFiles.remove(data.resolve("sent"), removal, now, MONTH);
        SentFiles.remove(data.resolve("sent"), removal, now, MONTH);

        assertThat(data.resolve("sent/acme/order.xml.answer.json")).exists();
        assertThat(log.news())
                .containsExactly("WARN " + inTheWay.getParent()
                        + " is past its time, and cannot be removed: DirectoryNotEmptyException");
    }

    private int remove() throws IOException {
        return SentFiles.remove(data.resolve("sent"), new Removal(), now, MONTH);
    }

    private void sent(String file, Duration age) throws IOException {
        write(file, "content", age);
        write(file + ".answer.json", "{\"answeredAt\":\"" + now.minus(age) + "\",\"body\":\"x\"}", Duration.ZERO);
        write(file + ".receipt.json", "{}", Duration.ZERO);
        write(file + ".receipt.p7m", "", Duration.ZERO);
    }

    private Path write(String file, String content, Duration age) throws IOException {
        Path target = data.resolve("sent").resolve(file).normalize();
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.writeString(target, content);
        age(file, age);
        return target;
    }

    private void age(String file, Duration age) throws IOException {
        Files.setLastModifiedTime(data.resolve("sent").resolve(file).normalize(), FileTime.from(now.minus(age)));
    }

    private List<String> left() throws IOException {
        return files(data.resolve("sent"));
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}

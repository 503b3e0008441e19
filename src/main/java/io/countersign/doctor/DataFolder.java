package io.countersign.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The data folder: who may write there, how much room it has, and its outboxes. */
final class DataFolder {
    private static final long MEGABYTE = 1_000_000;
    private static final long LITTLE = 1000 * MEGABYTE;
    private static final int LITTLE_PERCENT = 5;
    private static final Duration SLOW = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofDays(1);

    private final Installation installation;
    private final Path data;

    DataFolder(Installation installation) {
        this.installation = installation;
        this.data = installation.data();
    }

    private boolean isMissing() {
        return !Files.exists(data);
    }

    Finding permissions() {
        String step = "data folder";
        if (isMissing()) {
            return Finding.none(step, data + " is not there yet; the first start makes it");
        }
        try (Stream<Path> folders = Files.walk(data, 2)) {
            List<Path> closed = folders.filter(path -> Files.isDirectory(path) || path.equals(data))
                    .filter(path -> !Files.isDirectory(path) || !Files.isWritable(path) || !Files.isExecutable(path))
                    .toList();
            return closed.isEmpty()
                    ? Finding.ok(step, data + ", owned by " + Files.getOwner(data) + ", can be written to")
                    : Finding.failed(
                            step,
                            data + ", owned by " + Files.getOwner(data),
                            new Cause(
                                    System.getProperty("user.name") + " cannot write to "
                                            + String.join(
                                                    ", ",
                                                    closed.stream()
                                                            .map(Path::toString)
                                                            .toList()),
                                    "we give these folders to the user who runs the service (chown), or run it as their"
                                            + " owner"));
        } catch (IOException | UncheckedIOException unreadable) {
            return Finding.failed(
                    step,
                    data.toString(),
                    new Cause(
                            "cannot be read: " + unreadable.getMessage(),
                            "we give the folder to the user who runs the service (chown)"));
        }
    }

    Finding space() {
        String step = "disk space";
        try {
            FileStore disk =
                    Files.getFileStore(isMissing() ? installation.settings().home() : data);
            long free = disk.getUsableSpace();
            String seen = free / MEGABYTE + " MB free of " + disk.getTotalSpace() / MEGABYTE + " MB, " + disk.type();
            return isLittle(free, disk.getTotalSpace())
                    ? Finding.warning(
                            step,
                            seen,
                            new Cause(
                                    "little room is left; what partners send is refused (storage-full) once there is none",
                                    "we make room, or let countersign.keep-sent and countersign.keep-receipts end sooner"))
                    : Finding.ok(step, seen);
        } catch (IOException unknown) {
            return Finding.warning(
                    step, "not known", new Cause(String.valueOf(unknown.getMessage()), "look at the disk"));
        }
    }

    static boolean isLittle(long free, long total) {
        return free < LITTLE || free / Math.max(1, total / 100) < LITTLE_PERCENT;
    }

    /** What each file that is received needs. */
    Finding flush() {
        String step = "disk";
        if (isMissing()) {
            return Finding.none(step, "is tried once the data folder is there");
        }
        byte[] content = {1, 2, 3, 4};
        Path written = null;
        Path renamed = null;
        try {
            written = Files.createTempFile(data, ".doctor", "");
            renamed = written.resolveSibling(written.getFileName() + ".renamed");
            long before = System.nanoTime();
            try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(content));
                channel.force(true);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - before);
            Files.move(written, renamed, StandardCopyOption.ATOMIC_MOVE);
            if (!Arrays.equals(Files.readAllBytes(renamed), content)) {
                throw new IOException("what was written is not what is read");
            }
            String seen = "a file was written, flushed in " + took.toMillis() + " ms, renamed and read";
            return took.compareTo(SLOW) > 0
                    ? Finding.warning(
                            step,
                            seen,
                            new Cause(
                                    "flushing is slow; every file that is received waits for it",
                                    "we look what else writes to this disk, or take a faster one"))
                    : Finding.ok(step, seen);
        } catch (IOException failed) {
            return Finding.failed(
                    step,
                    "cannot be used",
                    new Cause(
                            "a small file cannot be written, flushed, renamed and read in " + data + ": " + failed,
                            "we look at its permissions, and whether the disk is full or mounted read-only"));
        } finally {
            delete(written);
            delete(renamed);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException stays) {
            // It is seen in the folder.
        }
    }

    Finding outboxes() {
        String step = "outboxes";
        Path outbox = data.resolve("outbox");
        if (!Files.isDirectory(outbox)) {
            return Finding.ok(step, "nothing waits");
        }
        try (Stream<Path> files = Files.walk(outbox)) {
            List<Path> waiting = files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList();
            Optional<Path> oldest = waiting.stream().min(Comparator.comparing(DataFolder::changed));
            if (oldest.isEmpty()) {
                return Finding.ok(step, "nothing waits");
            }
            Instant since = changed(oldest.get());
            String seen = waiting.size() + " waiting, the oldest since " + since.truncatedTo(ChronoUnit.SECONDS) + ": "
                    + data.relativize(oldest.get());
            return since.isBefore(installation.clock().instant().minus(LONG))
                    ? Finding.warning(
                            step,
                            seen,
                            new Cause(
                                    "files wait for more than a day",
                                    "look whether the service runs, and at 'countersign doctor PARTNER' for whom they wait"))
                    : Finding.ok(step, seen);
        } catch (IOException | UncheckedIOException unreadable) {
            return Finding.failed(
                    step,
                    "cannot be read",
                    new Cause(
                            String.valueOf(unreadable.getMessage()), "we let the service's user read and write there"));
        }
    }

    private static Instant changed(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException gone) {
            return Instant.MAX;
        }
    }
}

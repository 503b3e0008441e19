package io.countersign.retention;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/**
 * What lies in {@code sent/PARTNER/}: each file with its papers, as old as the answer that is kept beside it; without one, as
 * old as it is itself. Folders that this leaves empty go, too. Nothing that a link leads to is touched.
 */
final class SentFiles extends SimpleFileVisitor<Path> {
    private static final String ANSWER = ".answer.json";
    /** The answer last, since it says how old the others are. */
    private static final List<String> PAPERS = List.of(".receipt.json", ".receipt.p7m", ANSWER);

    private static final long MOST_OF_AN_ANSWER = 1 << 20;
    /** A folder that is as young may be about to get a file. */
    private static final Duration SETTLED = Duration.ofHours(1);

    private final Removal removal;
    private final Instant before;
    private final Instant settled;
    private final Deque<Instant> changed = new ArrayDeque<>();
    private int removed;

    private SentFiles(Removal removal, Instant now, Duration kept) {
        this.removal = removal;
        this.before = now.minus(kept);
        this.settled = now.minus(SETTLED);
    }

    /** @return how many files went, papers not counted */
    static int remove(Path sent, Removal removal, Instant now, Duration kept) throws IOException {
        SentFiles files = new SentFiles(removal, now, kept);
        for (Path partner : Folders.in(sent)) {
            Files.walkFileTree(partner, files);
        }
        return files.removed;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        changed.push(attributes.lastModifiedTime().toInstant());
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (Thread.currentThread().isInterrupted()) {
            return FileVisitResult.TERMINATE;
        }
        Path answered = subject(file, ANSWER);
        if (answered != null) {
            Instant time = answeredAt(file);
            if ((time == null ? attributes.lastModifiedTime().toInstant() : time).isBefore(before)) {
                remove(answered);
            }
        } else if (attributes.lastModifiedTime().toInstant().isBefore(before) && !hasAnswer(file)) {
            removed += removal.file(file) ? 1 : 0;
        }
        return FileVisitResult.CONTINUE;
    }

    private void remove(Path file) {
        boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        if (!removal.file(file)) {
            return;
        }
        removed += there ? 1 : 0;
        for (String paper : PAPERS) {
            if (!removal.file(beside(file, paper))) {
                return;
            }
        }
    }

    private static boolean hasAnswer(Path file) {
        if (Files.exists(beside(file, ANSWER), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        for (String paper : PAPERS) {
            Path subject = subject(file, paper);
            if (subject != null && Files.exists(beside(subject, ANSWER), LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }

    /** Whose paper it is; none where it is not one, but was sent under such a name itself. */
    private static @Nullable Path subject(Path file, String paper) {
        String name = file.getFileName().toString();
        return name.length() > paper.length()
                        && name.endsWith(paper)
                        && !Files.exists(beside(file, ANSWER), LinkOption.NOFOLLOW_LINKS)
                ? file.resolveSibling(name.substring(0, name.length() - paper.length()))
                : null;
    }

    private static Path beside(Path file, String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    /** @return none where it does not say */
    private static @Nullable Instant answeredAt(Path answer) {
        try {
            if (Files.isRegularFile(answer, LinkOption.NOFOLLOW_LINKS) && Files.size(answer) <= MOST_OF_AN_ANSWER) {
                return Jsoner.deserialize(Files.readString(answer, StandardCharsets.UTF_8)) instanceof JsonObject json
                        ? Instant.parse(json.getString("answeredAt"))
                        : null;
            }
        } catch (Exception unreadable) {
            return null; // damaged, or not ours
        }
        return null;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException why) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) { // else it went with its answer
            removal.stays(file, why);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException why) {
        if (why != null) {
            removal.stays(folder, why);
        }
        if (changed.pop().isBefore(settled) && !changed.isEmpty()) { // the partner's own stays
            removal.emptyFolder(folder);
        }
        return FileVisitResult.CONTINUE;
    }
}

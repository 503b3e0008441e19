package io.countersign.operations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How many files lie in the partners' folders below one of the data folder's, as {@code outbox/PARTNER/}. However often it is
 * asked, it looks only so often that looking takes a small part of the time; what cannot be read counts as nothing.
 */
public final class Folders {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final int REST = 20;

    private final Path folder;
    private final Predicate<String> counts;
    private Map<String, Content> seen = Map.of();
    private long next = System.nanoTime();

    /**
     * What is in one folder.
     *
     * @param oldest when the one was written that has not been for the longest
     */
    public record Content(int files, Instant oldest) {
        Content and(Instant other) {
            return new Content(files + 1, other.isBefore(oldest) ? other : oldest);
        }
    }

    /** @param counts which files do, by name; none whose name begins with a dot does */
    public Folders(Path folder, Predicate<String> counts) {
        this.folder = folder;
        this.counts = counts;
    }

    /** By partner, as far as there are any. */
    synchronized Map<String, Content> content() {
        long began = System.nanoTime();
        if (began - next >= 0) {
            seen = look();
            long took = System.nanoTime() - began;
            next = began + took + Math.max(BETWEEN_LOOKS.toNanos(), REST * took);
        }
        return seen;
    }

    private Map<String, Content> look() {
        Map<String, Content> found = new TreeMap<>();
        try (Stream<Path> partners = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            for (Path partner : partners.filter(Files::isDirectory).toList()) {
                Files.walkFileTree(partner, new Count(partner.getFileName().toString(), found));
            }
        } catch (IOException | UncheckedIOException unreadable) {
            return found;
        }
        return found;
    }

    private final class Count extends SimpleFileVisitor<Path> {
        private final String partner;
        private final Map<String, Content> found;

        Count(String partner, Map<String, Content> found) {
            this.partner = partner;
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = String.valueOf(file.getFileName());
            Instant written = attributes.lastModifiedTime().toInstant();
            if (attributes.isRegularFile() && !name.startsWith(".") && counts.test(name)) {
                found.merge(partner, new Content(1, written), (before, one) -> before.and(written));
            }
            return FileVisitResult.CONTINUE;
        }

        /** Taken meanwhile. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException unreadable) {
            return FileVisitResult.CONTINUE;
        }
    }
}

package io.countersign.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a path led to at one moment, through symbolic links: the digest of a file's content, or the names in a folder. Two
 * are equal where the content is, whatever became of times and inodes; those only tell when to look at the content again.
 */
final class Stamp {
    private static final String ATTRIBUTES = "unix:dev,ino,size,lastModifiedTime,ctime";
    private static final String PLAIN_ATTRIBUTES = "fileKey,size,lastModifiedTime";

    /** Within this time of a change there may be another that the file system's clock does not tell from it. */
    private static final Duration COARSEST_CLOCK = Duration.ofSeconds(2);

    private final String content;
    private final String attributes;
    private final Instant taken;

    private Stamp(String content, String attributes, Instant taken) {
        this.content = content;
        this.attributes = attributes;
        this.taken = taken;
    }

    static Stamp of(Path path) {
        Instant now = Instant.now();
        String attributes = attributes(path); // before the content, which may change in between
        return new Stamp(content(path), attributes, now);
    }

    /** The same path now; its content is read again only where it may have changed. */
    Stamp again(Path path) {
        Instant now = Instant.now();
        String current = attributes(path);
        boolean settled = Duration.between(taken, now).compareTo(COARSEST_CLOCK) > 0;
        if (current.equals(attributes) && !current.isEmpty()) {
            return settled ? this : new Stamp(content(path), current, taken);
        }
        return of(path);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Stamp stamp && content.equals(stamp.content);
    }

    @Override
    public int hashCode() {
        return content.hashCode();
    }

    /** Empty for what has none that would tell: a folder, or nothing at all. */
    private static String attributes(Path path) {
        if (!Files.isRegularFile(path)) {
            return "";
        }
        try {
            return Files.readAttributes(path, ATTRIBUTES).toString();
        } catch (UnsupportedOperationException | IllegalArgumentException otherSystem) {
            return plainAttributes(path);
        } catch (IOException gone) {
            return "";
        }
    }

    private static String plainAttributes(Path path) {
        try {
            return Files.readAttributes(path, PLAIN_ATTRIBUTES).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    private static String content(Path path) {
        try {
            if (Files.isDirectory(path)) {
                try (Stream<Path> entries = Files.list(path)) {
                    return entries.map(entry -> "/" + entry.getFileName())
                            .sorted()
                            .collect(Collectors.joining());
                }
            }
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path)));
        } catch (NoSuchFileException missing) {
            return "missing";
        } catch (IOException | UncheckedIOException unreadable) {
            return "unreadable: " + unreadable;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

package io.countersign.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
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

    /** More than any list of what has been revoked; nothing longer is key material. */
    static final long MOST_BYTES = 100_000_000;

    /** Within this time of a change there may be another that the file system's clock does not tell from it. */
    private static final Duration COARSEST_CLOCK = Duration.ofSeconds(2);

    private final String content;
    private final String attributes;
    /** Whether the content was read so long after its last change that another would show in the attributes. */
    private final boolean settled;

    private Stamp(String content, String attributes, boolean settled) {
        this.content = content;
        this.attributes = attributes;
        this.settled = settled;
    }

    static Stamp of(Path path) {
        String attributes = attributes(path); // before the content, which may change in between
        Instant changed = Instant.EPOCH;
        try {
            changed = lastChange(path);
        } catch (IOException gone) {
            // then its attributes are none, either
        }
        boolean settled = Duration.between(changed, Instant.now()).compareTo(COARSEST_CLOCK) > 0;
        return new Stamp(content(path), attributes, settled);
    }

    /** The same path now; its content is read again only where it may have changed. */
    Stamp again(Path path) {
        return settled && !attributes.isEmpty() && attributes(path).equals(attributes) ? this : of(path);
    }

    /** Whether there is a file that has not changed for a while. */
    boolean isOld() {
        return settled && !attributes.isEmpty();
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

    /** The later of the times of content and inode: the first may have been set back. */
    private static Instant lastChange(Path path) throws IOException {
        Instant modified = Files.getLastModifiedTime(path).toInstant();
        try {
            Instant changed = ((FileTime) Files.getAttribute(path, "unix:ctime")).toInstant();
            return changed.isAfter(modified) ? changed : modified;
        } catch (UnsupportedOperationException | IllegalArgumentException otherSystem) {
            return modified;
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
            if (Files.exists(path) && (!Files.isRegularFile(path) || Files.size(path) > MOST_BYTES)) {
                return "not a file of at most " + MOST_BYTES + " bytes"; // whoever reads it says so
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

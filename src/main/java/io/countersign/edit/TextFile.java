package io.countersign.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/** Writes a file in one step: whoever looks sees the old text or the new one, and nothing in between. */
public final class TextFile {
    private TextFile() {}

    /**
     * Replaces a file, or makes it; what is replaced keeps its owner, as far as that may be set, and its permissions.
     *
     * @throws IOException where it cannot, naming the file; the old file is as it was then
     */
    public static void write(Path file, String text) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null) {
            throw new IOException(file + " has no folder");
        }
        Files.createDirectories(folder);
        Path unfinished = folder.resolve("." + target.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        try {
            try (FileChannel channel =
                    FileChannel.open(unfinished, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                ByteBuffer rest = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            if (Files.exists(target)) {
                likeBefore(target, unfinished);
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException named) {
            throw named;
        } catch (IOException full) {
            throw new FileSystemException(target.toString(), null, full.getMessage());
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void likeBefore(Path before, Path after) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(after, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        PosixFileAttributes old = Files.readAttributes(before, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes made = view.readAttributes();
        if (!old.group().equals(made.group())) {
            view.setGroup(old.group());
        }
        if (!old.owner().equals(made.owner())) {
            view.setOwner(old.owner());
        }
        view.setPermissions(old.permissions());
    }
}

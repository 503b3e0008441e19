package io.countersign.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Set;
import org.apache.camel.util.json.JsonObject;

/**
 * The file {@code audit.log} in the data folder: one JSON object a line, which nobody of us ever changes or takes away.
 * Several processes may add to it at once, since each line is one write at the end of the file.
 */
public final class AuditLog {
    private static final String PERMISSIONS = "rw-r-----";

    private final Path file;

    public AuditLog(Path data) {
        this.file = data.resolve("audit.log");
    }

    /**
     * Adds a line, with the time and whoever runs this process.
     *
     * @param event what kind of line it is
     * @param facts more about it; never a key or a password
     * @throws IOException where it is not in
     */
    public void add(String event, JsonObject facts) throws IOException {
        JsonObject line = new JsonObject();
        line.put("time", Clock.systemUTC().instant().toString());
        line.put("event", event);
        line.put("user", System.getProperty("user.name"));
        String behind = System.getenv("SUDO_USER");
        if (behind != null) {
            line.put("sudoUser", behind);
        }
        line.putAll(facts);
        // A slash need not be escaped (RFC 8259, 7), and paths are easier to read so.
        append((line.toJson().replace("\\/", "/") + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void append(byte[] line) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        FileAttribute<?>[] attributes =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PERMISSIONS))
                        }
                        : new FileAttribute<?>[0];
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), attributes)) {
            ByteBuffer rest = ByteBuffer.wrap(line);
            while (rest.hasRemaining()) { // in one go, but where the disk is full
                channel.write(rest);
            }
            channel.force(false);
        }
    }

    /** For messages. */
    @Override
    public String toString() {
        return file.toString();
    }
}

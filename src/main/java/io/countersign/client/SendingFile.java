package io.countersign.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/**
 * A file as the body of a request: streamed, with a known length and checksum. Its end is sent only if it is still the file
 * that was announced; where it has changed meanwhile the body stays short, and no server can take it for whole. The checksum
 * (CRC-32C, RFC 3720) is against accidents on this side, and costs next to nothing; what the server checks is the digest.
 */
public final class SendingFile extends AbstractHttpEntity {
    private static final int BUFFER = 64 * 1024;

    private final Path file;
    private final long size;
    private final long checksum;
    private final Progress progress;
    private volatile boolean writing;
    private volatile long sent;
    private volatile long lastTaken;

    /** Is told how far the sending is. */
    public interface Progress {
        /** @param of the file's size, in bytes like {@code sent} */
        void at(Path file, long sent, long of);
    }

    /** A file that is no longer what was announced of it. */
    public static final class ChangedException extends IOException {
        ChangedException(Path file) {
            super(file + " changed while it was being sent");
        }
    }

    /** @param checksum of its content, by {@link #checksum()} */
    public SendingFile(Path file, long size, long checksum, Progress progress) {
        super(ContentType.APPLICATION_OCTET_STREAM, null);
        this.file = file;
        this.size = size;
        this.checksum = checksum;
        this.progress = progress;
    }

    /** What the content is to be updated with, to be compared when it is sent. */
    public static Checksum checksum() {
        return new CRC32C();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        Checksum seen = checksum();
        begin();
        writing = true;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.readNBytes(buffer, 0, BUFFER); read > 0; read = in.readNBytes(buffer, 0, BUFFER)) {
                seen.update(buffer, 0, read);
                boolean last = sent + read >= size;
                if (last && (sent + read > size || in.read() >= 0 || seen.getValue() != checksum)) {
                    throw new ChangedException(file);
                }
                out.write(buffer, 0, read);
                taken(sent + read);
            }
            if (sent != size) {
                throw new ChangedException(file);
            }
            out.flush();
        } finally {
            writing = false;
        }
    }

    void begin() {
        sent = 0;
        lastTaken = System.nanoTime();
    }

    boolean isWriting() {
        return writing;
    }

    /** Whether the server has taken nothing for so long, since the beginning or the last byte that it took. */
    boolean hasTakenNothingFor(long millis) {
        return System.nanoTime() - lastTaken > TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Bytes that went out so far, of the attempt under way. */
    public long sent() {
        return sent;
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public long getContentLength() {
        return size;
    }

    @Override
    public InputStream getContent() throws IOException {
        return Files.newInputStream(file);
    }

    @Override
    public boolean isStreaming() {
        return false;
    }

    @Override
    public void close() {
        // nothing is open between attempts
    }

    private void taken(long bytes) {
        sent = bytes;
        lastTaken = System.nanoTime();
        progress.at(file, sent, size);
    }
}

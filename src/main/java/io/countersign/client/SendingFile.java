package io.countersign.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/**
 * A file as the body of a request: streamed, with a known length and digest. Its end is sent only if it is still the file
 * that was announced; where it has changed meanwhile the body stays short, and no server can take it for whole.
 */
public final class SendingFile extends AbstractHttpEntity {
    private static final int BUFFER = 64 * 1024;

    private final Path file;
    private final long size;
    private final byte[] sha256;
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

    public SendingFile(Path file, long size, byte[] sha256, Progress progress) {
        super(ContentType.APPLICATION_OCTET_STREAM, null);
        this.file = file;
        this.size = size;
        this.sha256 = sha256.clone();
        this.progress = progress;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        MessageDigest digest = sha256();
        begin();
        writing = true;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.readNBytes(buffer, 0, BUFFER); read > 0; read = in.readNBytes(buffer, 0, BUFFER)) {
                digest.update(buffer, 0, read);
                boolean last = sent + read >= size;
                if (last && (sent + read > size || in.read() >= 0 || !MessageDigest.isEqual(digest.digest(), sha256))) {
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

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}

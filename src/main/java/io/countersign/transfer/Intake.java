package io.countersign.transfer;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams an admitted payload to {@code staging/}, digesting while it writes, and flushes it. Afterwards the body is that
 * file, {@code CamelFileName} its name on disk, and the exchange property {@code receipt} says what it is. The staged file
 * goes when the exchange ends, whichever way; a {@code file:} endpoint therefore gets a link of its own to rename into
 * place ({@code CamelFileLocalWorkPath}), so that nothing unfinished is ever visible there.
 *
 * <p>Refuses before the first byte what cannot be taken, and keeps nothing of what fails later.
 */
public final class Intake implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final String STAGED = "staged";
    private static final int BUFFER = 64 * 1024;

    private @Nullable Path staging;

    /** The folder for unfinished payloads; on the same file system as the folders that payloads go to. */
    public void setStaging(String staging) {
        this.staging = Path.of(staging).toAbsolutePath();
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        Transfer transfer = Objects.requireNonNull(
                exchange.getProperty(Transfer.PROPERTY, Transfer.class), "intake comes after admission");
        checkEncoding(message.getHeader("Content-Encoding", String.class));
        PayloadName name = name(message);
        ContentDigest digest = ContentDigest.of(message.getHeader("Content-Digest", String.class));

        Path folder = Objects.requireNonNull(staging, "staging is not set");
        Files.createDirectories(folder);
        Path staged = folder.resolve(transfer.id());
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                discard(done);
            }
        });
        exchange.setProperty(STAGED, staged);
        try {
            long size =
                    write(message.getBody(InputStream.class), staged, digest, transfer.maxSize(), announced(message));
            String sha256 = HexFormat.of().formatHex(digest.verify());
            Instant receivedAt = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MILLIS);
            Path link = Files.createLink(link(staged), staged);
            exchange.setProperty(Receipt.PROPERTY, Receipt.of(transfer, name.given(), size, sha256, receivedAt));
            message.setBody(staged.toFile(), File.class);
            message.setHeader(Exchange.FILE_NAME, name.onDisk(transfer.id(), receivedAt));
            message.setHeader(Exchange.FILE_LOCAL_WORK_PATH, link.toString());
        } catch (Refusal | IOException failed) {
            discard(exchange);
            throw failed;
        }
    }

    /** Removes what is staged of an exchange; what was delivered stays. */
    public static void discard(Exchange exchange) {
        Path staged = exchange.getProperty(STAGED, Path.class);
        if (staged != null) {
            delete(staged);
            delete(link(staged));
        }
    }

    private static Path link(Path staged) {
        return staged.resolveSibling(staged.getFileName() + ".link");
    }

    private static void checkEncoding(@Nullable String encoding) throws Refusal {
        if (encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
            throw Refusal.of(
                    Code.ENCODING_UNSUPPORTED,
                    "Content-Encoding '" + encoding + "' is not taken; send the file as it is.");
        }
    }

    private static PayloadName name(Message message) throws Refusal {
        String path = message.getHeader(Exchange.HTTP_PATH, "", String.class);
        String disposition = message.getHeader("Content-Disposition", String.class);
        if (path.length() <= 1 && disposition != null) {
            return ContentDisposition.name(disposition);
        }
        return PayloadName.ofPath(path.isEmpty() ? path : path.substring(1));
    }

    private static long announced(Message message) {
        return message.getHeader(Exchange.CONTENT_LENGTH, -1L, Long.class);
    }

    private static long write(@Nullable InputStream body, Path file, ContentDigest digest, long maxSize, long announced)
            throws Refusal, IOException {
        long size = 0;
        byte[] buffer = new byte[BUFFER];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int read = read(body, buffer, size); read >= 0; read = read(body, buffer, size)) {
                size += read;
                if (size > maxSize) {
                    throw Refusal.of(Code.TOO_LARGE, "At most " + maxSize + " bytes are taken.");
                }
                digest.update(buffer, read);
                ByteBuffer rest = ByteBuffer.wrap(buffer, 0, read);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            }
            if (announced >= 0 && size != announced) {
                throw Refusal.of(
                        Code.REQUEST_INVALID, "The body has " + size + " bytes, announced were " + announced + ".");
            }
            channel.force(true);
        }
        return size;
    }

    /** Keeps the sender's failures apart from those of our disk. */
    private static int read(@Nullable InputStream body, byte[] buffer, long soFar) throws Refusal {
        try {
            return body == null ? -1 : body.read(buffer);
        } catch (IOException gone) {
            throw new Refusal(
                    Code.REQUEST_INVALID,
                    "The body ended early.",
                    "the body ended after " + soFar + " bytes: " + gone.getMessage(),
                    gone);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException stays) {
            LOG.warn("{} could not be deleted: {}", file, stays.toString());
        }
    }
}

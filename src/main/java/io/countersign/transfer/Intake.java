package io.countersign.transfer;

import io.countersign.ledger.Entry;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusing;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Streams an admitted payload to {@code staging/}, digesting while it writes, flushes it, and has the ledger know of it.
 * Afterwards the body is that file, {@code CamelFileName} its name on disk, and the exchange property {@code receipt} says what
 * it is. What is staged goes when the exchange ends, whichever way: before a {@code file:} endpoint comes {@link SecondName} or
 * {@link Delivery}, so that the endpoint has something to rename into place.
 *
 * <p>Where the sender's {@code Idempotency-Key} was used before, the body is read and digested, and there is nothing to be
 * delivered: with the same content, the exchange property {@code CamelDuplicateMessage} is true, the body empty, and {@code
 * receipt} the first one.
 *
 * <p>Refuses before the first byte what cannot be taken, and keeps nothing of what fails later.
 */
public final class Intake implements Processor {
    /** The exchange property with the request's Accept header: which form of receipt the sender would like. */
    public static final String ACCEPT = "accept";

    private static final int BUFFER = 64 * 1024;

    /**
     * 408 (RFC 9110, 15.5.9) where the network has lost the rest, and the sender may still hear us: it says that the same
     * request may be sent again, as 400 does not.
     */
    private static final int INCOMPLETE = 408;

    private @Nullable Arrivals arrivals;

    public void setArrivals(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        Transfer transfer = Objects.requireNonNull(
                exchange.getProperty(Transfer.PROPERTY, Transfer.class), "intake comes after admission");
        checkEncoding(message.getHeader("Content-Encoding", String.class));
        PayloadName name = name(message);
        ContentDigest digest = ContentDigest.of(message.getHeader("Content-Digest", String.class));
        IdempotencyKey key = IdempotencyKey.of(message.getHeader("Idempotency-Key", String.class), transfer);
        exchange.setProperty(ACCEPT, message.getHeader("Accept", String.class));

        Arrival arrival =
                Objects.requireNonNull(arrivals, "arrivals is not set").begin(transfer, key);
        exchange.setProperty(Arrival.PROPERTY, arrival);
        exchange.setProperty(Refusing.UNDO, (Consumer<Throwable>) arrival::end);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                arrival.end(done.getException());
            }
        });
        Body body = new Body(payload(message), message.getHeader(Exchange.CONTENT_LENGTH, -1L, Long.class), digest);
        if (arrival.first() != null) {
            compare(exchange, body, transfer, arrival.first());
            return;
        }
        Staged staged = arrival.stage();
        long size;
        try (FileChannel channel =
                        FileChannel.open(staged.file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                FlushAhead flushing = new FlushAhead(channel)) {
            size = body.read(transfer.maxSize(), bytes -> {
                int written = bytes.remaining();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                flushing.wrote(written);
            });
            flushing.finish();
        }
        String sha256 = HexFormat.of().formatHex(digest.verify());
        Instant receivedAt = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MILLIS);
        Receipt receipt =
                Receipt.of(transfer, name.given(), size, sha256, receivedAt, key == null ? null : key.value());
        String onDisk = name.onDisk(transfer.id(), receivedAt);
        arrival.record(receipt, onDisk);
        exchange.setProperty(Receipt.PROPERTY, receipt);
        message.setBody(staged.file().toFile(), File.class);
        message.setHeader(Exchange.FILE_NAME, onDisk);
    }

    private static void compare(Exchange exchange, Body body, Transfer transfer, Entry first)
            throws Refusal, IOException {
        boolean same = body.announced() < 0 || body.announced() == first.size();
        if (same) {
            long size = body.read(transfer.maxSize(), bytes -> {});
            same = HexFormat.of().formatHex(body.digest().verify()).equals(first.sha256()) && size == first.size();
        }
        if (!same) {
            throw new Refusal(
                    Code.KEY_REUSED,
                    "This Idempotency-Key was used for another payload, which has the receipt " + first.id() + ".",
                    "the key was used for the transfer " + first.id() + ", whose payload is another");
        }
        exchange.setProperty(Exchange.DUPLICATE_MESSAGE, true);
        exchange.setProperty(Receipt.PROPERTY, Receipt.parse(String.valueOf(first.receipt())));
        exchange.getMessage().setBody(null);
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

    private static Payload payload(Message message) {
        if (message.getBody() instanceof Payload payload) {
            return payload;
        }
        InputStream stream = message.getBody(InputStream.class);
        return stream == null ? new Streamed(InputStream.nullInputStream()) : new Streamed(stream);
    }

    /** What a route has put in the place of the body that came. */
    private record Streamed(InputStream stream) implements Payload {
        @Override
        public @Nullable ByteBuffer next() throws IOException {
            byte[] some = stream.readNBytes(BUFFER);
            return some.length == 0 ? null : ByteBuffer.wrap(some);
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    /** Takes all of what it is given. */
    private interface Sink {
        void write(ByteBuffer bytes) throws IOException;
    }

    /**
     * What is sent.
     *
     * @param announced in bytes; negative where nothing was
     */
    private record Body(Payload payload, long announced, ContentDigest digest) {
        /** @param sink gets it, besides being digested */
        long read(long maxSize, Sink sink) throws Refusal, IOException {
            long size = 0;
            try (payload) {
                for (ByteBuffer bytes = next(size); bytes != null; bytes = next(size)) {
                    size += bytes.remaining();
                    if (size > maxSize) {
                        throw Refusal.of(Code.TOO_LARGE, "At most " + maxSize + " bytes are taken.");
                    }
                    digest.update(bytes);
                    sink.write(bytes);
                }
            }
            if (announced >= 0 && size != announced) {
                throw Refusal.of(
                        Code.REQUEST_INVALID, "The body has " + size + " bytes, announced were " + announced + ".");
            }
            return size;
        }

        /** Keeps the sender's failures apart from those of our disk. */
        private @Nullable ByteBuffer next(long soFar) throws Refusal {
            try {
                return payload.next();
            } catch (ProtocolException broken) {
                throw new Refusal(
                        Code.REQUEST_INVALID,
                        "The body is not framed as HTTP/1.1 has it (RFC 9112, 7.1).",
                        "after " + soFar + " bytes of the body: " + broken.getMessage(),
                        broken);
            } catch (IOException gone) {
                throw new Refusal(
                                Code.REQUEST_INVALID,
                                "The body ended early.",
                                "the body ended after " + soFar + " bytes: " + gone.getMessage(),
                                gone)
                        .answeredBy(INCOMPLETE);
            }
        }
    }
}

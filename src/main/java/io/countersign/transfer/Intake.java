package io.countersign.transfer;

import io.countersign.ledger.Entry;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusing;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.util.IOHelper;
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
 * <p>Refuses before the first byte what cannot be taken, and keeps nothing of what fails later. While nothing comes of a
 * payload, no thread waits for it: the route goes on with the one that its end has come on.
 */
public final class Intake extends AsyncProcessorSupport {
    /** The exchange property with the request's Accept header: which form of receipt the sender would like. */
    public static final String ACCEPT = "accept";

    private static final Reading.Sink NOWHERE = new Reading.Sink() {
        @Override
        public void write(ByteBuffer bytes) {
            // it is digested, and no more is needed
        }

        @Override
        public void close() {
            // nothing is open
        }
    };

    private @Nullable Arrivals arrivals;

    public void setArrivals(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Taking taking;
        try {
            taking = begin(exchange);
        } catch (Exception refused) {
            exchange.setException(refused);
            callback.done(true);
            return true;
        }
        return goOn(taking, callback, true);
    }

    /** @param synchronous whether this is the call that has begun it */
    private static boolean goOn(Taking taking, AsyncCallback callback, boolean synchronous) {
        try {
            if (!taking.reading().read(taking.sink(), () -> goOn(taking, callback, false))) {
                return false; // and by now another thread may be further
            }
            taking.end().come();
        } catch (Throwable failed) { // the exchange would never end
            taking.exchange().setException(failed);
        }
        taking.close();
        callback.done(synchronous);
        return synchronous;
    }

    private Taking begin(Exchange exchange) throws Refusal, IOException {
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
        long announced = message.getHeader(Exchange.CONTENT_LENGTH, -1L, Long.class);
        Entry first = arrival.first();
        if (first != null && announced >= 0 && announced != first.size()) {
            throw another(first);
        }
        Reading reading = new Reading(payload(message), announced, transfer.maxSize(), digest);
        if (first != null) {
            return new Taking(exchange, reading, NOWHERE, () -> compare(exchange, reading, first));
        }
        Staged staged = arrival.stage();
        FlushAhead file = FlushAhead.create(staged.file(), announced);
        return new Taking(exchange, reading, file, () -> {
            file.finish();
            String sha256 = HexFormat.of().formatHex(reading.sha256());
            Instant receivedAt = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MILLIS);
            Receipt receipt = Receipt.of(
                    transfer, name.given(), reading.size(), sha256, receivedAt, key == null ? null : key.value());
            String onDisk = name.onDisk(transfer.id(), receivedAt);
            arrival.record(receipt, onDisk);
            exchange.setProperty(Receipt.PROPERTY, receipt);
            message.setBody(staged.file().toFile(), File.class);
            message.setHeader(Exchange.FILE_NAME, onDisk);
        });
    }

    private static void compare(Exchange exchange, Reading reading, Entry first) throws Refusal {
        if (!HexFormat.of().formatHex(reading.sha256()).equals(first.sha256()) || reading.size() != first.size()) {
            throw another(first);
        }
        exchange.setProperty(Exchange.DUPLICATE_MESSAGE, true);
        exchange.setProperty(Receipt.PROPERTY, Receipt.parse(String.valueOf(first.receipt())));
        exchange.getMessage().setBody(null);
    }

    private static Refusal another(Entry first) {
        return new Refusal(
                Code.KEY_REUSED,
                "This Idempotency-Key was used for another payload, which has the receipt " + first.id() + ".",
                "the key was used for the transfer " + first.id() + ", whose payload is another");
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

    /** Also what a step of the route has put in the place of the body that came. */
    private static Payload payload(Message message) {
        InputStream stream = message.getBody(InputStream.class);
        return Payload.of(stream == null ? InputStream.nullInputStream() : stream);
    }

    /** What is to be done of a payload: to read it into the sink, and then to come to the end. */
    private record Taking(Exchange exchange, Reading reading, Reading.Sink sink, End end) {
        void close() {
            IOHelper.close(reading, sink);
        }
    }

    private interface End {
        void come() throws Refusal, IOException;
    }
}

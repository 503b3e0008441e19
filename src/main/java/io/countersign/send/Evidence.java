package io.countersign.send;

import io.countersign.partner.Partners;
import io.countersign.receipt.StatedReceipt;
import io.countersign.text.OneLine;
import io.countersign.transfer.Durable;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a partner's answer. A success (2xx) is kept as evidence, and the file goes to {@code sent/PARTNER/} with it: {@code
 * NAME.answer.json}, and {@code NAME.receipt.json} where the partner runs Countersign, with {@code NAME.receipt.p7m} where
 * the partner has signed it. Everything else is a {@link Failed}, a receipt for something else than what was sent, or that
 * somebody else has signed, included. A file that was changed or replaced meanwhile is not what was
 * accepted: it stays in the outbox, to be sent as another, and only the evidence is kept.
 */
public final class Evidence implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.sent");
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);
    static final Duration LONGEST_WAIT = Duration.ofDays(1);
    private static final BigInteger MOST_SECONDS = BigInteger.valueOf(LONGEST_WAIT.toSeconds());
    private static final int MOST_TOLD = 500;
    private static final int NOT_ACCEPTABLE = 406;

    private final Durable durable = new Durable();
    private @Nullable Attempts attempts;
    private @Nullable Partners partners;
    private @Nullable Path sent;

    public void setAttempts(Attempts attempts) {
        this.attempts = attempts;
    }

    /** By whom receipts may be signed. */
    public void setPartners(Partners partners) {
        this.partners = partners;
    }

    /** The folder of what was accepted. */
    public void setSent(String sent) {
        this.sent = Path.of(sent);
    }

    @Override
    public void process(Exchange exchange) throws Failed, IOException {
        boolean interrupted =
                Thread.interrupted(); // a route that is being stopped; what was accepted is put away all the same
        LOG.debug("the answer is read, interrupted: {}", interrupted);
        Attempt.Sent what = exchange.getProperty(Attempt.SENT, Attempt.Sent.class);
        Answer answer = exchange.getProperty(Attempt.ACCEPTED, Answer.class);
        if (answer == null) {
            answer = Answer.of(exchange, what);
            Attempts.STEPS.trace("answered {}", what.pending().key());
            answer = check(answer, exchange.getProperty(Attempt.ACCEPT, "", String.class));
            attempts().underWay().decided(new Verdict(what, answer, null));
        }
        Pending pending = exchange.getProperty(Attempt.PENDING, Pending.class);
        Path file = exchange.getProperty(Attempt.FILE, Path.class);
        Filing filing =
                new Filing(Objects.requireNonNull(sent, "sent is not set").resolve(pending.partner()), durable);
        Path filed = null;
        if (pending.isSame(file, what.sha256())) {
            filed = filing.file(file, pending, what.sha256(), answer.evidence()).orElse(null);
        } else {
            filing.keep(pending.path(), pending.key(), answer.evidence());
        }
        if (filed == null) {
            attempts().end(pending, Ending.sent(answer, null));
            throw new Failed(
                    FailureCode.FILE_CHANGED,
                    "the partner accepted it as it was, and what it answered is kept; as it is now it was not sent yet",
                    null);
        }
        attempts().end(pending, Ending.sent(answer, filed));
        StatedReceipt receipt = answer.receipt();
        exchange.setProperty(
                Outcome.PROPERTY, new Outcome(pending.path(), filed, answer.receiptText(), answer.signer(), null));
        LOG.atInfo()
                .addKeyValue("direction", "out")
                .addKeyValue("partner", pending.partner())
                .addKeyValue("name", what.name())
                .addKeyValue("size", what.size())
                .addKeyValue("sha256", what.sha256())
                .addKeyValue("id", pending.key())
                .addKeyValue("attempts", pending.attempts() + 1)
                .addKeyValue("status", answer.status())
                .addKeyValue("receipt", receipt == null ? "" : receipt.id())
                .addKeyValue("signedBy", answer.signer() == null ? "" : answer.signer())
                .addKeyValue("file", filed)
                .log(
                        "sent partner={} name=\"{}\" size={} sha256={} key={} attempts={} status={} receipt={} signed-by={} to=\"{}\"",
                        pending.partner(),
                        OneLine.of(what.name()),
                        what.size(),
                        what.sha256(),
                        pending.key(),
                        pending.attempts() + 1,
                        answer.status(),
                        receipt == null ? "-" : receipt.id(),
                        answer.signer() == null ? "-" : answer.signer(),
                        OneLine.of(filed));
    }

    private Attempts attempts() {
        return Objects.requireNonNull(attempts, "attempts is not set");
    }

    private Answer check(Answer answer, String asked) throws Failed {
        if (answer.isSuccess()) {
            return ReceiptCheck.check(answer, partners);
        }
        boolean unasked = answer.status() == NOT_ACCEPTABLE && asked.equals(Attempt.SIGNED_OR_NOT);
        String said = "the partner answered " + answer.status() + words(answer)
                + (unasked
                        ? "; where it takes offence at being asked for a signed receipt: signedReceipts: false on the bean"
                                + " attempt avoids that"
                        : "");
        if (answer.status() >= 300 && answer.status() < 400) {
            throw new Failed(
                    FailureCode.REDIRECTED,
                    said + " with the location " + answer.header("Location")
                            + "; redirects are not followed, the partner's url must say where it is",
                    null,
                    answer);
        }
        Duration retryAfter = retryAfter(answer.header("Retry-After"));
        // Who says when to come back does not refuse for good, whatever the status.
        boolean passing = answer.status() >= 500
                || PASSING.contains(answer.status())
                || isInProgress(answer)
                || retryAfter != null;
        throw new Failed(passing ? FailureCode.UNAVAILABLE : FailureCode.REFUSED, said, retryAfter, answer);
    }

    /** A Countersign that still works on an earlier attempt with this key; its 409 passes. */
    private static boolean isInProgress(Answer answer) {
        return answer.status() == 409 && String.valueOf(answer.text()).contains("urn:countersign:problem:in-progress");
    }

    private static String words(Answer answer) {
        String text = answer.text();
        String line = text == null ? "" : text.replaceAll("[\\p{C}\\s]+", " ").strip();
        return line.isEmpty() ? "" : ": " + (line.length() > MOST_TOLD ? line.substring(0, MOST_TOLD) + "…" : line);
    }

    /** RFC 9110, 10.2.3: seconds or a date; what is neither counts as not said. */
    private static @Nullable Duration retryAfter(String text) {
        try {
            Duration wait = text.strip().matches("\\d+")
                    ? Duration.ofSeconds(
                            new BigInteger(text.strip()).min(MOST_SECONDS).longValue())
                    : Duration.between(now(), ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME));
            return wait.isNegative() || wait.isZero() ? null : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        } catch (DateTimeException notSaid) {
            return null;
        }
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }
}

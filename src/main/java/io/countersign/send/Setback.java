package io.countersign.send;

import io.countersign.ledger.LedgerException;
import io.countersign.send.Attempts.Unsent;
import io.countersign.settings.Problems;
import io.countersign.text.OneLine;
import io.countersign.transfer.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What becomes of a file after an attempt that failed. Where another attempt may succeed it stays in the outbox and its next
 * time is kept: when the partner asked for ({@code Retry-After}), else twice as long after each attempt, with jitter. Where
 * none would, it goes to {@code failed/PARTNER/} with a {@code .problem.json} that says why; one that has changed since it was
 * sent is another file, and stays.
 */
public final class Setback implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.sent");
    private static final int MOST_DOUBLINGS = 30;
    /** Where something here is in the way: the partner is not called meanwhile, and with the next look it makes a second. */
    private static final Duration LOCAL_PAUSE = Duration.ofMillis(400);

    private final Durable durable = new Durable();
    private @Nullable Attempts attempts;
    private @Nullable Path failed;
    private Duration firstRetry = Duration.ofSeconds(2);
    private Duration longestRetry = Duration.ofMinutes(15);

    public void setAttempts(Attempts attempts) {
        this.attempts = attempts;
    }

    /** The folder of what cannot be sent as it is. */
    public void setFailed(String failed) {
        this.failed = Path.of(failed);
    }

    /** How long after the first attempt the second one is due. */
    public void setFirstRetry(Duration firstRetry) {
        this.firstRetry = firstRetry;
    }

    /** The longest time between two attempts, where the partner does not ask for more; at most a day. */
    public void setLongestRetry(Duration longestRetry) {
        if (longestRetry.compareTo(Evidence.LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException("longestRetry " + longestRetry.toHours() + "h: at most 24h");
        }
        this.longestRetry = longestRetry;
    }

    @Override
    public void process(Exchange exchange) {
        boolean interrupted = Thread.interrupted(); // a route that is being stopped; what came of the attempt is kept
        Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        String path = exchange.getProperty(Attempt.PATH, String.class);
        Pending pending = exchange.getProperty(Attempt.PENDING, Pending.class);
        Failed why = BrokenCall.of(thrown, exchange.getProperty(Attempt.URL, "", String.class));
        LOG.debug("an attempt failed, interrupted: {}", interrupted, thrown);
        exchange.setProperty(Outcome.PROPERTY, new Outcome(path, null, why));
        if (thrown instanceof LedgerException unusable && unusable.isEverybodys()) {
            return; // nothing was sent, and nothing goes until it can be used again
        }
        try {
            settle(exchange, pending, why);
        } catch (IOException unkept) {
            // What cannot be kept on disk is kept in mind, or the partner would be called again and again.
            String reason = why.detail() + "; and this cannot be kept: " + Problems.reason(unkept);
            postpone(exchange, new Failed(FailureCode.LOCAL, reason, unkept));
        }
    }

    private void settle(Exchange exchange, @Nullable Pending pending, Failed why) throws IOException {
        Path file = exchange.getProperty(Attempt.FILE, Path.class);
        if (pending != null && !attempts().isOpen(pending)) {
            LOG.warn("not sent as it is file=\"{}\" reason=\"{}\"", OneLine.of(file), OneLine.of(why.detail()));
        } else if (!Files.exists(file)) {
            LOG.warn("not sent file=\"{}\" reason=\"it was taken from the outbox\"", OneLine.of(file));
            if (pending != null) {
                attempts().gone(pending, Ending.TAKEN);
            }
        } else if (pending == null) {
            postpone(exchange, why);
        } else if (why.code().permanent() && pending.isStill(file)) {
            fail(exchange, pending, file, why);
        } else if (attempts().underWay().isAccepted(pending.key())) {
            putAwayLater(exchange, pending, why);
        } else {
            delay(pending, why, why.retryAfter() == null ? backoff(pending.attempts()) : why.retryAfter());
        }
    }

    /** The partner is not called for it again, so that trying is cheap. */
    private void putAwayLater(Exchange exchange, Pending pending, Failed why) {
        Failed kept = new Failed(
                FailureCode.LOCAL, "the partner has accepted it, and it cannot be put away: " + why.detail(), why);
        exchange.setProperty(Outcome.PROPERTY, new Outcome(pending.path(), null, kept));
        if (reason(kept).equals(pending.lastFailure())) {
            attempts().underWay().postpone(pending.partner(), pending.path(), now().plus(LOCAL_PAUSE));
        } else {
            delay(pending, kept, LOCAL_PAUSE);
        }
    }

    private void delay(Pending pending, Failed why, Duration wait) {
        Pending again = pending.failed(now().plus(wait), reason(why));
        fields(LOG.atWarn(), pending, again.attempts(), why)
                .addKeyValue("next", again.next())
                .log(
                        "not sent partner={} path=\"{}\" key={} attempts={} next={} {} reason=\"{}\"",
                        pending.partner(),
                        OneLine.of(pending.path()),
                        pending.key(),
                        again.attempts(),
                        again.next(),
                        why.code().word(),
                        OneLine.of(why.detail()));
        attempts().setBack(again);
        attempts().tell(unsent(again, again.attempts(), again.next(), why));
    }

    private static LoggingEventBuilder fields(LoggingEventBuilder line, Pending pending, int attempts, Failed why) {
        return line.addKeyValue("direction", "out")
                .addKeyValue("partner", pending.partner())
                .addKeyValue("path", pending.path())
                .addKeyValue("name", pending.path().substring(pending.path().lastIndexOf('/') + 1))
                .addKeyValue("size", pending.size())
                .addKeyValue("sha256", pending.sha256() == null ? "" : pending.sha256())
                .addKeyValue("id", pending.key())
                .addKeyValue("attempts", attempts)
                .addKeyValue("code", why.code().word())
                .addKeyValue("reason", why.detail());
    }

    private static Unsent unsent(Pending pending, int attempts, @Nullable Instant next, Failed why) {
        return new Unsent(
                pending.partner(),
                pending.path(),
                pending.key(),
                attempts,
                next,
                why.code().word(),
                why.detail());
    }

    private static String reason(Failed why) {
        return why.code().word() + ": " + why.detail();
    }

    /** Half of it is certain and half is chance, so that what failed together does not come back together. */
    private Duration backoff(int attempts) {
        long millis = Math.min(longestRetry.toMillis(), firstRetry.toMillis() << Math.min(attempts, MOST_DOUBLINGS));
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }

    private void fail(Exchange exchange, Pending pending, Path file, Failed why) throws IOException {
        Path filed = putAway(exchange, pending, file, why);
        if (filed == null) {
            delay(pending, why, backoff(0)); // another has come in its place, and is looked at anew
            return;
        }
        attempts().end(pending, Ending.gaveUp(pending, why, filed));
        attempts().tell(unsent(pending, pending.attempts() + 1, null, why));
        exchange.setProperty(Outcome.PROPERTY, new Outcome(pending.path(), filed, why));
        fields(LOG.atError(), pending, pending.attempts() + 1, why)
                .addKeyValue("file", filed)
                .log(
                        "failed partner={} path=\"{}\" key={} attempts={} {} reason=\"{}\" to=\"{}\"",
                        pending.partner(),
                        OneLine.of(pending.path()),
                        pending.key(),
                        pending.attempts() + 1,
                        why.code().word(),
                        OneLine.of(why.detail()),
                        OneLine.of(filed));
    }

    private @Nullable Path putAway(Exchange exchange, Pending pending, Path file, Failed why) throws IOException {
        Map<String, byte[]> papers = new LinkedHashMap<>(why.evidence());
        papers.put(Papers.PROBLEM, Answer.bytes(problem(exchange, pending, why)));
        Path folder = Objects.requireNonNull(failed, "failed is not set").resolve(pending.partner());
        Attempt.Sent sent = exchange.getProperty(Attempt.SENT, Attempt.Sent.class);
        try {
            return new Filing(folder, durable)
                    .file(file, pending, sent == null ? null : sent.sha256(), papers)
                    .orElse(null);
        } catch (IOException notNow) {
            if (sent != null) {
                attempts().underWay().decided(new Verdict(sent, null, why));
            }
            throw notNow;
        }
    }

    /** RFC 9457, with what an operator needs to mend it and the command needs to put it back. */
    private static JsonObject problem(Exchange exchange, Pending pending, Failed why) {
        JsonObject problem = new JsonObject();
        problem.put("type", "urn:countersign:problem:" + why.code().word());
        problem.put("title", why.code().title());
        problem.put("detail", why.detail());
        problem.put("instance", "urn:uuid:" + pending.key());
        problem.put("failedAt", now().toString());
        Attempt.Sent sent = exchange.getProperty(Attempt.SENT, Attempt.Sent.class);
        if (sent != null) {
            problem.putAll(sent.toJson());
        }
        if (why.answer() != null) {
            problem.put("status", why.answer().status());
        }
        return problem;
    }

    private void postpone(Exchange exchange, Failed why) {
        String partner = exchange.getProperty(Attempt.PARTNER, String.class);
        String path = exchange.getProperty(Attempt.PATH, String.class);
        attempts().underWay().postpone(partner, path, now().plus(LOCAL_PAUSE));
        if (attempts().underWay().trouble(partner, path, "cannot be sent: " + why.detail())) {
            LOG.error(
                    "not sent partner={} file=\"{}\" reason=\"{}\"",
                    partner,
                    OneLine.of(exchange.getProperty(Attempt.FILE, Path.class)),
                    OneLine.of(why.detail()));
        }
    }

    private Attempts attempts() {
        return Objects.requireNonNull(attempts, "attempts is not set");
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }
}

package io.countersign.alert;

import io.countersign.alert.Gathering.Told;
import io.countersign.text.OneLine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends alerts to {@code direct:alert}, on a thread of its own. Whoever tells one never waits and never notices when it fails:
 * what a route there refuses, or what piles up behind one that does not end, is lost, and the log says so once.
 *
 * <p>The body is JSON, and the headers {@code kind}, {@code partner}, {@code code}, {@code times} and {@code subject} (one line
 * of text) are for routes that choose.
 */
public final class Alerts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.alert");
    private static final String ROUTE = "direct:alert?block=false&failIfNoConsumers=false";
    private static final int WAITING = 2 * Gathering.MOST;
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final long TICK_MILLIS = 500;

    private final BlockingQueue<Told> waiting = new ArrayBlockingQueue<>(WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Gathering gathering;
    private final Duration tooLong;
    private final ScheduledExecutorService ticking = Executors.newSingleThreadScheduledExecutor(Alerts::daemon);
    private final ExecutorService sending = Executors.newSingleThreadExecutor(Alerts::daemon);
    private volatile @Nullable Instant since;
    private volatile boolean complained;

    /** @param interval within which what repeats itself is one alert */
    public Alerts(Duration interval) {
        this(interval, LONG);
    }

    /** @param tooLong for a route to take */
    Alerts(Duration interval, Duration tooLong) {
        this.gathering = new Gathering(interval);
        this.tooLong = tooLong;
    }

    /** From now on they are sent; those before are kept until then. */
    public void begin(CamelContext context) {
        ProducerTemplate template = context.createProducerTemplate();
        sending.execute(() -> sendAll(template));
        var unused = ticking.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Never waits, and never fails. */
    public void tell(Alert alert) {
        gathering.add(alert, now()).ifPresent(this::offer);
    }

    private void offer(Told told) {
        if (!waiting.offer(told)) {
            lost.incrementAndGet();
        }
    }

    private void tick() {
        gathering.due(now()).forEach(this::offer);
        Instant began = since;
        if (began != null && now().isAfter(began.plus(tooLong))) {
            complain("it has not ended for " + tooLong.toSeconds() + " s; alerts wait for it, and " + lost.get()
                    + " are lost so far");
        }
    }

    private void sendAll(ProducerTemplate template) {
        try {
            while (true) {
                Told next = waiting.take();
                since = now();
                send(template, next);
                since = null;
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(ProducerTemplate template, Told told) {
        try {
            Exchange ended = template.send(ROUTE, exchange -> fill(exchange.getMessage(), told));
            if (ended.getException() != null) {
                complain(String.valueOf(ended.getException()));
            } else if (complained) {
                complained = false;
                LOG.info("alerts go to {} again", "direct:alert");
            }
        } catch (RuntimeException failed) {
            complain(failed.toString());
        }
    }

    private static void fill(Message message, Told told) {
        Alert alert = told.alert();
        String often = told.times() == 1 ? "" : " (" + told.times() + " times)";
        message.setHeader("kind", alert.kind().toString());
        message.setHeader("partner", alert.partner());
        message.setHeader("code", alert.code());
        message.setHeader("times", told.times());
        message.setHeader("subject", alert.text() + often);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(alert.toJson(told.times()).toJson());
    }

    private void complain(String why) {
        if (!complained) {
            complained = true;
            LOG.warn("the route direct:alert does not take alerts, which is said once: \"{}\"", OneLine.of(why));
        }
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "alerts");
        thread.setDaemon(true);
        return thread;
    }

    /** What is not sent yet is lost. */
    @Override
    public void close() {
        ticking.shutdownNow();
        sending.shutdownNow();
    }
}

package io.countersign.refusal;

import io.countersign.refusal.Refusals.Caller;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns whatever ended a route into its answer: a {@link Refusal} into the problem that it names, a full disk into {@code
 * storage-full}, anything else into {@code unavailable}, whose cause only the operator sees. Listeners call it with what a
 * route let through; a route may also name it after catching something itself.
 */
public final class Refusing implements Processor {
    /** The methods served anywhere (RFC 9110, 10.2.1). */
    public static final String METHODS = "GET, POST, PUT";

    /** The exchange property with the methods that are served where a route refuses another. */
    static final String ALLOW = "allow";

    /** The exchange property with what has to be undone, a consumer of what ended the route, before a caller is told. */
    public static final String UNDO = "undo";

    private static final Logger LOG = LoggerFactory.getLogger(Refusing.class);

    private @Nullable Refusals refusals;

    public void setRefusals(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    public void process(Exchange exchange) {
        Throwable caught = exchange.getException();
        Throwable thrown = caught != null ? caught : exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        exchange.setException(null);
        undo(exchange, thrown);
        Refusal refusal = refusal(thrown == null ? new IllegalStateException("no exception to answer") : thrown);
        Caller caller = exchange.getProperty(Refusals.CALLER, Caller.of(null, null, null), Caller.class);
        Shown shown = exchange.getProperty(Refusals.SHOWN, Shown.NOTHING, Shown.class);
        String problem = Objects.requireNonNull(refusals, "refusals is not set").refuse(caller, shown, refusal);
        Message answer = exchange.getMessage();
        answer.removeHeaders("*");
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, refusal.status());
        answer.setHeader(Exchange.CONTENT_TYPE, Refusals.PROBLEM_TYPE);
        if (refusal.isPassing()) {
            answer.setHeader("Retry-After", refusal.comeBackAfter());
        }
        if (refusal.code() == Code.METHOD_NOT_ALLOWED) {
            answer.setHeader("Allow", exchange.getProperty(ALLOW, METHODS, String.class));
        }
        answer.setBody(problem);
    }

    @SuppressWarnings("unchecked")
    private static void undo(Exchange exchange, @Nullable Throwable thrown) {
        Consumer<Throwable> undo = exchange.getProperty(UNDO, Consumer.class);
        if (undo != null) {
            undo.accept(thrown);
        }
    }

    private static Refusal refusal(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return refusal;
            }
            if (!(cause instanceof IOException)) {
                continue; // its message may quote a name that the sender chose
            }
            String said = cause instanceof FileSystemException file ? file.getReason() : cause.getMessage();
            String message = String.valueOf(said).toLowerCase(Locale.ROOT);
            if (message.contains("no space left") || message.contains("quota exceeded")) {
                return new Refusal(Code.STORAGE_FULL, "There is no room at the moment.", cause.toString(), thrown);
            }
        }
        LOG.debug("a route failed", thrown);
        return new Refusal(
                Code.UNAVAILABLE, "The payload could not be stored. Send it again later.", chain(thrown), thrown);
    }

    private static String chain(Throwable thrown) {
        StringBuilder text = new StringBuilder(thrown.toString());
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            text.append(" <- ").append(cause);
        }
        return text.toString();
    }
}

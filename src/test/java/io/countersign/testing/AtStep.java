package io.countersign.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** Does something once, in the midst of what this JVM's service does: right after a step that {@code countersign.steps} names. */
public final class AtStep extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger steps = (Logger) LoggerFactory.getLogger("countersign.steps");
    private final String step;
    private final Action action;
    private volatile boolean done;

    /** What is done. */
    public interface Action {
        void run() throws Exception;
    }

    private AtStep(String step, Action action) {
        this.step = step + " ";
        this.action = action;
    }

    public static AtStep run(String step, Action action) {
        AtStep at = new AtStep(step, action);
        at.steps.setLevel(Level.TRACE);
        at.steps.addAppender(at);
        at.start();
        return at;
    }

    public boolean isDone() {
        return done;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!done && event.getFormattedMessage().startsWith(step)) {
            try {
                action.run();
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            } finally {
                done = true;
            }
        }
    }

    @Override
    public void close() {
        steps.detachAppender(this);
        steps.setLevel(null);
    }
}

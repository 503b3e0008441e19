package io.countersign.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What one of the service's loggers says, as {@code LEVEL message}, until it is closed. */
public final class Logged implements AutoCloseable {
    private final Logger logger;
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    private Logged(String name) {
        logger = (Logger) LoggerFactory.getLogger(name);
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.addAppender(lines);
    }

    public static Logged by(String logger) {
        return new Logged(logger);
    }

    /** What was said since the last time. */
    public List<String> news() {
        List<String> news = lines.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
        lines.list.clear();
        return news;
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
    }
}

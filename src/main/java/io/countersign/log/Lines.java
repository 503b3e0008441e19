package io.countersign.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;

/**
 * What is logged, a line each for people. Logback finds it as its configuration; a file that
 * {@code -Dlogback.configurationFile} names takes its place. In Java, since to read the same as XML takes a thirtieth of a start.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class Lines extends ContextAwareBase implements Configurator {
    private static final String FILE = "logback.configurationFile";

    private static final Map<String, Level> OF_OTHERS = Map.of(
            "org.apache.camel", Level.WARN,
            // A failed start is told in one message, by us.
            "org.apache.camel.impl.engine.AbstractCamelContext", Level.OFF,
            "org.eclipse.jetty", Level.WARN,
            // The ledger says itself what matters of what these two say.
            "com.zaxxer.hikari", Level.OFF,
            "org.flywaydb", Level.WARN);

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(FILE) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        OF_OTHERS.forEach((logger, level) -> context.getLogger(logger).setLevel(level));
        context.getLogger("countersign.sent").setLevel(level("log.transfers"));
        Logger all = context.getLogger(Logger.ROOT_LOGGER_NAME);
        all.setLevel(level("log.level"));
        all.addAppender(terminal(context));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Set by commands whose standard output is for something else. */
    private static Level level(String property) {
        return Level.toLevel(System.getProperty(property), Level.INFO);
    }

    private static ConsoleAppender<ILoggingEvent> terminal(LoggerContext context) {
        PatternLayoutEncoder lines = new PatternLayoutEncoder();
        lines.setContext(context);
        lines.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %msg%n");
        lines.start();
        ConsoleAppender<ILoggingEvent> terminal = new ConsoleAppender<>();
        terminal.setContext(context);
        terminal.setTarget(System.getProperty("log.target", "System.out"));
        terminal.setEncoder(lines);
        terminal.start();
        return terminal;
    }
}

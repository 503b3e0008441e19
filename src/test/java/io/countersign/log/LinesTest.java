package io.countersign.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Logback finds as its configuration. */
class LinesTest {
    private static final String FILE = "logback.configurationFile";

    private final LoggerContext context = new LoggerContext();

    @AfterEach
    void end() {
        context.stop();
        System.clearProperty(FILE);
        System.clearProperty("log.level");
        System.clearProperty("log.target");
        System.clearProperty("log.transfers");
    }

    @Test
    void goToTheTerminalAndSayLittleOfLibraries() throws Exception {
        new ContextInitializer(context).autoConfig();
        Logger all = context.getLogger(Logger.ROOT_LOGGER_NAME);
        assertThat(all.getLevel()).isEqualTo(Level.INFO);
        assertThat(all.iteratorForAppenders())
                .toIterable()
                .singleElement()
                .isInstanceOfSatisfying(
                        ConsoleAppender.class,
                        terminal -> assertThat(terminal.getTarget()).isEqualTo("System.out"));
        assertThat(context.getLogger("org.eclipse.jetty.server").getEffectiveLevel())
                .isEqualTo(Level.WARN);
        assertThat(context.getLogger("com.zaxxer.hikari.pool").getEffectiveLevel())
                .isEqualTo(Level.OFF);
    }

    @Test
    void areFewerAndElsewhereWhereACommandSaysSo() throws Exception {
        System.setProperty("log.level", "WARN");
        System.setProperty("log.transfers", "OFF");
        System.setProperty("log.target", "System.err");
        new ContextInitializer(context).autoConfig();
        Logger all = context.getLogger(Logger.ROOT_LOGGER_NAME);
        assertThat(all.getLevel()).isEqualTo(Level.WARN);
        assertThat(context.getLogger("countersign.sent").getLevel()).isEqualTo(Level.OFF);
        assertThat(((ConsoleAppender<?>) all.iteratorForAppenders().next()).getTarget())
                .isEqualTo("System.err");
    }

    @Test
    void giveWayToAFileThatIsNamed(@TempDir Path folder) throws Exception {
        Path file =
                Files.writeString(folder.resolve("own.xml"), "<configuration><root level=\"ERROR\"/></configuration>");
        System.setProperty(FILE, file.toString());
        new ContextInitializer(context).autoConfig();
        Logger all = context.getLogger(Logger.ROOT_LOGGER_NAME);
        assertThat(all.getLevel()).isEqualTo(Level.ERROR);
        assertThat(all.iteratorForAppenders()).isExhausted();
    }
}

package io.countersign.testing;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills the process that it logs for, by SIGKILL, once a step of the sequence is done: {@code countersign.steps} says "NAME ID"
 * then. Nothing else is done by the thread that said so, and no other step is logged meanwhile.
 */
public final class KillAt extends AppenderBase<ILoggingEvent> {
    private static final String CONFIGURATION = "io/countersign/testing/kill-at.xml";
    private static final String STEP = "kill-at";
    private static final String TIMES = "kill-at-times";

    private final String step = Objects.requireNonNull(System.getProperty(STEP), STEP) + " ";
    private int left = Integer.getInteger(TIMES, 1);

    /** The options of a JVM that is killed when a step is done for the first time, and others. */
    public static String[] step(String name, String... others) {
        return step(name, 1, others);
    }

    /** @param times the how-manieth time that the step is done is the last */
    public static String[] step(String name, int times, String... others) {
        List<String> options = new ArrayList<>(List.of(others));
        options.add("-Dlogback.configurationFile=" + CONFIGURATION);
        options.add("-D" + STEP + "=" + name);
        options.add("-D" + TIMES + "=" + times);
        return options.toArray(String[]::new);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getFormattedMessage().startsWith(step) && --left == 0) {
            try {
                new ProcessBuilder(
                                "sh", "-c", "kill -9 " + ProcessHandle.current().pid())
                        .start();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            while (true) {
                LockSupport.park(this);
            }
        }
    }
}

package io.countersign.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

/** Whatever is logged is one line, and one object. */
class JsonLinesTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void aLineHasTimeLevelLoggerMessageAndTheEventsFields() throws Exception {
        LoggingEvent event = event("refused {} partner={}", null, "too-large", "acme");
        event.addKeyValuePair(new KeyValuePair("code", "too-large"));
        event.addKeyValuePair(new KeyValuePair("size", 12));
        event.addKeyValuePair(new KeyValuePair("next", Instant.EPOCH));
        event.addKeyValuePair(new KeyValuePair("message", "not this one"));
        assertThat(line(event))
                .isEqualTo(
                        "{\"time\":\"2026-11-28T12:00:00.123Z\",\"level\":\"WARN\",\"logger\":\"countersign.refused\","
                                + "\"message\":\"refused too-large partner=acme\",\"code\":\"too-large\",\"size\":12,"
                                + "\"next\":\"1970-01-01T00:00:00Z\"}\n");
        assertThat(parsed(line(event))).containsEntry("size", new BigDecimal(12));
    }

    @Test
    void aStackTraceIsAField() throws Exception {
        String line = line(event("it failed", new IllegalStateException("a\nb", new java.io.IOException("\"c\""))));
        assertThat(line.lines()).hasSize(1);
        assertThat(parsed(line).getString("exception"))
                .startsWith("java.lang.IllegalStateException: a\nb")
                .contains("Caused by: java.io.IOException: \"c\"", "\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"quoted\" \\ and / slashed",
                "two\nlines\r\nand\u2028more\u2029still",
                "\u0000\u0001\u001f\u007f\u0085",
                "half \ud83d a character \ude00",
                "a whole one \ud83d\ude00",
                "\u202eturned around",
                "</script>{}[],:",
            })
    void whatOthersWroteBreaksNothing(String hostile) throws Exception {
        LoggingEvent event = event("reason=\"{}\"", null, hostile);
        event.addKeyValuePair(new KeyValuePair("reason", hostile));
        String line = line(event);
        assertThat(line).endsWith("}\n").doesNotContainPattern("[\u0000-\u0009\u000b-\u001f\u2028\u2029]");
        assertThat(line.substring(0, line.length() - 1)).doesNotContain("\n");
        assertThat(parsed(line)).containsEntry("reason", hostile.startsWith("half") ? "half ? a character ?" : hostile);
    }

    private LoggingEvent event(String message, @Nullable Throwable thrown, Object... arguments) {
        LoggingEvent event =
                new LoggingEvent("", context.getLogger("countersign.refused"), Level.WARN, message, thrown, arguments);
        event.setInstant(Instant.parse("2026-11-28T12:00:00.123456Z"));
        return event;
    }

    private static String line(LoggingEvent event) {
        return new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
    }

    private static JsonObject parsed(String line) throws DeserializationException {
        return (JsonObject) Jsoner.deserialize(line);
    }
}

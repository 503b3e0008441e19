package io.countersign.alert;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.alert.Alert.Kind;
import io.countersign.testing.Logged;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever the route of alerts does, nobody waits for it. */
class AlertsTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Alerts alerts = new Alerts(Duration.ofHours(1), Duration.ofMillis(200));
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private Logged log;

    @BeforeEach
    void listen() {
        log = Logged.by("countersign.alert");
    }

    @AfterEach
    void stop() {
        alerts.close();
        context.stop();
        log.close();
    }

    @Test
    void anAlertHasHeadersToChooseByAndJson() throws Exception {
        begin(exchange -> {
            taken.add(exchange.getMessage().getHeader("kind") + " "
                    + exchange.getMessage().getHeader("partner") + " "
                    + exchange.getMessage().getHeader("code") + " "
                    + exchange.getMessage().getHeader("times") + " "
                    + exchange.getMessage().getHeader("subject"));
            taken.add(exchange.getMessage().getBody(String.class));
        });
        alerts.tell(alert(1));
        soon().until(() -> taken.size() == 2);
        assertThat(taken.get(0)).isEqualTo("refused acme too-large 1 number 1");
        assertThat(taken.get(1))
                .isEqualTo(
                        "{\"time\":\"2026-11-28T12:00:00Z\",\"kind\":\"refused\",\"partner\":\"acme\","
                                + "\"code\":\"too-large\",\"text\":\"number 1\",\"times\":1,\"details\":{\"a\":1,\"b\":\"c\"}}");
    }

    @Test
    void withoutARouteNothingHappens() throws Exception {
        context.start();
        alerts.begin(context);
        for (int i = 0; i < 1_000; i++) {
            alerts.tell(alert(i));
        }
        begun(this::take);
        alerts.tell(new Alert(Instant.EPOCH, Kind.LEDGER, "", "", "", "later", Map.of()));
        assertThat(log.news()).isEmpty();
    }

    @Test
    void aRouteThatFailsIsToldOnceAndOnceWhenItWorksAgain() throws Exception {
        begin(exchange -> {
            take(exchange);
            if (taken.size() < 4) {
                throw new IllegalStateException("no \"mail\"\nserver");
            }
        });
        for (int i = 1; i <= 5; i++) {
            alerts.tell(alert(i));
        }
        soon().until(() -> taken.size() == 5);
        assertThat(log.news())
                .containsExactly(
                        "WARN the route direct:alert does not take alerts, which is said once:"
                                + " \"java.lang.IllegalStateException: no 'mail'?server\"",
                        "INFO alerts go to direct:alert again");
    }

    @Test
    void aRouteThatHangsIsToldOnceAndHoldsUpNobody() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        begin(exchange -> {
            hanging.await();
            take(exchange);
        });
        long began = System.nanoTime();
        for (int i = 0; i < 100_000; i++) {
            alerts.tell(alert(i));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        soon().until(() -> !log.news().isEmpty());
        hanging.countDown();
        soon().until(() -> taken.size() == Gathering.REFUSED);
        soon().until(() -> log.news().contains("INFO alerts go to direct:alert again"));
    }

    private void take(Exchange exchange) {
        taken.add(exchange.getMessage().getHeader("subject", String.class));
    }

    private void begin(Processor route) throws Exception {
        begun(route);
        alerts.begin(context);
    }

    private void begun(Processor route) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:alert").process(route);
            }
        });
        context.start();
    }

    private static Alert alert(int number) {
        return new Alert(
                Instant.parse("2026-11-28T12:00:00Z"),
                Kind.REFUSED,
                "acme",
                "too-large",
                "address " + number,
                "number " + number,
                Map.of("a", 1, "b", "c"));
    }
}

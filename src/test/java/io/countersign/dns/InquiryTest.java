package io.countersign.dns;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.NameServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InquiryTest {
    private final NameServer server = NameServer.start().host("edi.acme.example", Duration.ofHours(1), "192.0.2.7");
    private final Names names = new Names(List.of(server.address()), Duration.ofSeconds(5));
    private final WaitingRoom room = new WaitingRoom(names);

    @AfterEach
    void close() {
        names.close();
        server.close();
    }

    @Test
    void needsNoPlaceForWhatIsKnown() throws Exception {
        try (Inquiry first = room.inquiry("acme")) {
            assertThat(first.ask(question("edi.acme.example")).get(5, SECONDS).isFound())
                    .isTrue();
        }
        server.silent(true);
        fill("acme", 64);

        try (Inquiry next = room.inquiry("acme")) {
            assertThat(next.ask(question("edi.acme.example")).get(0, SECONDS).isFound())
                    .isTrue();
        }
    }

    @Test
    void withoutAPlaceAsksNobody() throws Exception {
        server.silent(true);
        List<Inquiry> inside = fill("acme", 64);
        Awaitility.await().until(() -> server.asked("n63.example") == 1);

        try (Inquiry one = room.inquiry("acme");
                Inquiry others = room.inquiry("globex")) {
            Answer turnedAway = one.ask(question("new.example")).get(0, SECONDS);
            assertThat(turnedAway.undetermined()).isTrue();
            assertThat(turnedAway.trouble())
                    .isEqualTo("too many requests wait for name servers to ask about new.example");
            assertThat(server.asked("new.example")).isZero();
            assertThat(others.ask(question("globex.example")))
                    .as("who else waits")
                    .isNotDone();
        }
        inside.get(0).close();
        try (Inquiry next = room.inquiry("acme")) {
            assertThat(next.ask(question("next.example")))
                    .as("its place is free")
                    .isNotDone();
        }
    }

    @Test
    void hasOnePlaceForAllThatItAsks() {
        server.silent(true);
        fill("acme", 63);
        try (Inquiry last = room.inquiry("acme")) {
            for (int i = 0; i < 10; i++) {
                assertThat(last.ask(question("last" + i + ".example"))).isNotDone();
            }
        }
        assertThat(fill("acme", 1)).hasSize(1);
    }

    @Test
    void takesNoPlaceOnceItIsOver() throws Exception {
        server.silent(true);
        Inquiry over = room.inquiry("acme");
        over.close();

        assertThat(over.ask(question("late.example")).get(0, SECONDS).undetermined())
                .isTrue();
        assertThat(fill("acme", 64)).hasSize(64);
    }

    @Test
    void leavesNobodyWaitingForWhatComesInTwoSteps() throws Exception {
        server.slow(Duration.ofMillis(600)).reverse("192.0.2.7", "edi.acme.example");
        try (Names impatient = new Names(List.of(server.address()), Duration.ofMillis(1_100));
                Inquiry inquiry = new WaitingRoom(impatient).inquiry("acme")) {
            Answer answer = inquiry.ask(Question.hosts(InetAddress.getByName("192.0.2.7"), "192.0.2.7"))
                    .thenCompose(hosts ->
                            inquiry.ask(Question.addresses(hosts.hosts().get(0), true)))
                    .get(10, SECONDS);

            assertThat(answer.trouble()).startsWith("no answer about edi.acme.example");
        }
    }

    /** Each waits for a name of its own. */
    private List<Inquiry> fill(String whose, int places) {
        List<Inquiry> inside = new ArrayList<>();
        for (int i = 0; i < places; i++) {
            Inquiry inquiry = room.inquiry(whose);
            assertThat(inquiry.ask(question("n" + i + ".example")))
                    .as("place " + i)
                    .isNotDone();
            inside.add(inquiry);
        }
        return inside;
    }

    private static Question question(String host) {
        return Question.addresses(new HostName(host), true);
    }
}

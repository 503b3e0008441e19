package io.countersign.send;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a partner writes into an answer ends that file at the worst: all others go on, and so does the next start. */
class HostileAnswersTest {
    private static final long ENDLESS = 32 << 20;

    @TempDir
    private Path folder;

    static Stream<Arguments> texts() {
        return Stream.of(LedgerKind.values())
                .flatMap(kind -> Stream.of("\\u0000", "\\ud800", "\u0000", "'; DROP TABLE transfer; --")
                        .map(text -> Arguments.of(kind, text)));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aReceiptForAnotherNameFailsItsFileAlone(LedgerKind kind, String text) throws Exception {
        ends(kind, "order.txt", text, State.FAILED);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aReceiptThatSaysMoreIsKeptAsFarAsItCanBe(LedgerKind kind, String text) throws Exception {
        ends(kind, "\"receivedAt\":\"", "\"note\":\"" + text + "\",\"receivedAt\":\"", State.SENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-More: more\r\n", "X-Long-", "\r\n folded"})
    void anAnswerWhoseHeaderHasNoEndIsNone(String more) throws Exception {
        SendingHome home = new SendingHome(folder);
        AtomicLong written = new AtomicLong();
        Step endless = Step.onRequest(request -> {
            request.readWhole();
            request.write("HTTP/1.1 201 Created\r\nX-First: ".getBytes(StandardCharsets.US_ASCII));
            byte[] part = more.repeat(1_000).getBytes(StandardCharsets.US_ASCII);
            while (written.get() < ENDLESS) {
                request.write(part);
                written.addAndGet(part.length);
            }
            request.write(("\r\n" + request.receipt().toJson()).getBytes(StandardCharsets.UTF_8));
        });
        try (ScriptedServer server = home.server(endless, Step.accept())) {
            home.receiver("acme", server.url("/exchange"));
            try (RunningService service = RunningService.start(home.home)) {
                home.drop("acme", "order.txt", "order");
                assertThat(home.answer("acme", "order.txt")).containsEntry("name", "order.txt");
                assertThat(written.get()).isLessThan(ENDLESS);
                assertThat(service.complaints()).isEmpty();
            }
        }
    }

    private void ends(LedgerKind kind, String what, String by, State state) throws Exception {
        SendingHome home = new SendingHome(folder);
        kind.in(home.home);
        Step hostile = Step.onRequest(request -> {
            request.readWhole();
            String receipt = request.receipt().toJson();
            assertThat(receipt).contains(what);
            request.answer(201, Map.of("Content-Type", "application/json"), receipt.replace(what, by));
        });
        try (ScriptedServer server = home.server(hostile)) {
            home.receiver("acme", server.url("/exchange"));
            try (RunningService service = RunningService.start(home.home)) {
                home.drop("acme", "order.txt", "order");
                soon().until(() -> home.rows().stream().map(Entry::state).anyMatch(state::equals));
                home.drop("acme", "next.txt", "next");
                JsonObject answer = home.answer("acme", "next.txt");
                assertThat(answer).containsEntry("name", "next.txt");
                assertThat(service.complaints()).isEmpty();
            }
            try (RunningService again = RunningService.start(home.home)) {
                home.drop("acme", "last.txt", "last");
                home.answer("acme", "last.txt");
                assertThat(again.complaints()).isEmpty();
            }
            assertThat(home.rows(State.WAITING)).isEmpty();
        }
    }
}

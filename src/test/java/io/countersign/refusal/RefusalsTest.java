package io.countersign.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.testing.Issue;
import io.countersign.testing.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class RefusalsTest {
    private static final Caller ACME = Caller.of("acme", "192.0.2.7", "00ff");
    private static final Caller STRANGER = Caller.of(null, "192.0.2.9", null);
    private final Refusal unknown =
            new Refusal(Code.CERTIFICATE_UNKNOWN, "It identifies no partner.", "it is nearly globex's");

    private final Logger logger = (Logger) LoggerFactory.getLogger("countersign.refused");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Refusals refusals = new Refusals();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    @Test
    void answerWithAProblemDocument() throws DeserializationException {
        JsonObject problem = (JsonObject) Jsoner.deserialize(refusals.refuse(ACME, Shown.NOTHING, unknown));

        assertThat(problem.keySet()).containsExactlyInAnyOrder("type", "title", "status", "detail", "instance");
        assertThat(problem.getString("type")).isEqualTo("urn:countersign:problem:certificate-unknown");
        assertThat(problem.getString("title")).isEqualTo(Code.CERTIFICATE_UNKNOWN.title());
        assertThat(problem.getInteger("status")).isEqualTo(403);
        assertThat(problem.getString("detail")).isEqualTo("It identifies no partner.");
        assertThat(problem.getString("instance"))
                .isEqualTo("urn:uuid:" + refusals.events().get(0).id());
    }

    @Test
    void keepTheReasonFromTheCaller() {
        assertThat(refusals.refuse(ACME, Shown.NOTHING, unknown))
                .doesNotContain("globex")
                .doesNotContain("nearly");
    }

    @Test
    void answerWithTheStatusThatWasSent() throws DeserializationException {
        JsonObject problem = (JsonObject) Jsoner.deserialize(refusals.refuse(ACME, Shown.NOTHING, unknown, 421));

        assertThat(problem.getInteger("status")).isEqualTo(421);
    }

    @Test
    void keepTheDocumentWholeWhateverTheDetail() throws DeserializationException {
        String detail = "\"},{\"a\":\"\\\n\r\t\u0000\u2028é</script>";
        String document = refusals.refuse(ACME, Shown.NOTHING, Refusal.of(Code.NAME_INVALID, detail));

        assertThat(((JsonObject) Jsoner.deserialize(document)).getString("detail"))
                .isEqualTo(detail);
        assertThat(document.lines()).hasSize(1);
    }

    @Test
    void areRecordedForTheOperator() {
        refusals.refuse(ACME, Shown.NOTHING, unknown);
        Event refused = refusals.events().get(0);

        assertThat(UUID.fromString(refused.id()).version()).isEqualTo(4);
        assertThat(refused.code()).isEqualTo("certificate-unknown");
        assertThat(refused.caller()).isEqualTo(ACME);
        assertThat(refused.reason()).isEqualTo("it is nearly globex's");
    }

    @Test
    void areLoggedInOneLineEach() {
        refusals.refuse(ACME, Shown.NOTHING, unknown);
        refusals.refuseHandshake(Caller.of(null, "192.0.2.9", null), Shown.NOTHING, "no certificate");

        assertThat(log.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "refused certificate-unknown partner=acme address=192.0.2.7 certificate=00ff"
                                + " reason=\"it is nearly globex's\" instance="
                                + refusals.events().get(1).id(),
                        "refused handshake partner=- address=192.0.2.9 certificate=- reason=\"no certificate\" instance="
                                + refusals.events().get(0).id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\r\n",
                "\u0000",
                "\u001b[31m",
                "\u007f",
                "\u0085",
                "\u009b",
                "\u2028",
                "\u2029",
                "\u202e",
                "\u2066",
                "\u200b",
                "\u200f",
                "\ufeff"
            })
    void stayInOneLineWhateverTheReason(String broken) {
        refusals.refuseHandshake(ACME, Shown.NOTHING, "a" + broken + "b\" instance=forged");

        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]")
                        .contains("b' instance=forged\" instance="));
    }

    /** A certificate's subject has room for what a stranger would like to fill our memory and log with. */
    @Test
    void areKeptWithoutTheRestOfAnEndlessReason() {
        refusals.refuseHandshake(ACME, Shown.NOTHING, "x".repeat(100_000));

        assertThat(refusals.events().get(0).reason()).hasSize(2_001).endsWith("x…");
        assertThat(log.list.get(0).getFormattedMessage()).hasSizeLessThan(2_200);
    }

    @Test
    void foundSoFarDoNotChangeWithLaterOnes() {
        refusals.refuse(ACME, Shown.NOTHING, unknown);
        var before = refusals.events();
        refusals.refuse(ACME, Shown.NOTHING, unknown);

        assertThat(before).singleElement().extracting(Event::count).isEqualTo(1L);
    }

    /** A caller may ask about either, and finds the same. */
    @Test
    void ofAPartnersRepeatedRequestHaveOneIdAndALineEach() throws DeserializationException {
        String first = instance(refusals.refuse(ACME, Shown.NOTHING, unknown));
        String second = instance(refusals.refuse(ACME, Shown.NOTHING, unknown));

        assertThat(second).isEqualTo(first);
        assertThat(log.list).hasSize(2);
        assertThat(refusals.events())
                .singleElement()
                .satisfies(event -> assertThat(event.count()).isEqualTo(2));
    }

    /** Anybody can be refused as often as he likes. */
    @Test
    void ofAStrangersRepetitionsHaveALineAMinute() {
        SettableClock clock = new SettableClock();
        Refusals clocked = new Refusals(clock);
        for (int i = 0; i < 100; i++) {
            clocked.refuseHandshake(STRANGER, Shown.NOTHING, "no certificate");
        }
        assertThat(log.list).hasSize(1);
        clock.advance(Duration.ofSeconds(61));
        clocked.refuseHandshake(STRANGER, Shown.NOTHING, "no certificate");

        assertThat(log.list).hasSize(2);
        assertThat(log.list.get(1).getFormattedMessage()).endsWith(" times=100");
    }

    @Test
    void nameTheNearestPartnerToTheOperatorAlone() {
        refusals.compareBy(shown -> Optional.of(new Nearest("globex", "same subject, new \"key\"")));
        String told = refusals.refuse(
                Caller.of(null, "192.0.2.7", "00ff"),
                Shown.certificates(
                        "TLSv1.3", List.of(Issue.to("CN=globex").selfSigned().certificate())),
                unknown);

        assertThat(told).doesNotContain("globex");
        assertThat(log.list.get(0).getFormattedMessage()).endsWith(" nearest=\"globex: same subject, new 'key'\"");
        assertThat(refusals.events().get(0)).satisfies(event -> {
            assertThat(event.tls()).isEqualTo("TLSv1.3");
            assertThat(event.chain()).extracting(ShownCertificate::subject).containsExactly("CN=globex");
        });
    }

    @Test
    void areRecordedAlsoWhereAnObserverOrAComparisonFails() {
        refusals.compareBy(shown -> {
            throw new IllegalStateException("unreadable");
        });
        refusals.observe(refused -> {
            throw new IllegalStateException("full");
        });
        String told = refusals.refuse(
                Caller.of(null, "192.0.2.7", "00ff"),
                Shown.certificates(
                        "TLSv1.3", List.of(Issue.to("CN=globex").selfSigned().certificate())),
                unknown);

        assertThat(told).contains(refusals.events().get(0).id());
    }

    private static String instance(String problem) throws DeserializationException {
        return ((JsonObject) Jsoner.deserialize(problem)).getString("instance");
    }
}

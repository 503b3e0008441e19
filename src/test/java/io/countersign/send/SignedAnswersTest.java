package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Node;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.testing.Responder;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.Seen;
import io.countersign.testing.SendingHome;
import io.countersign.testing.ServerTls;
import io.countersign.testing.SignedContent;
import io.countersign.testing.Step;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A signed receipt counts where the partner has signed it, and is kept to the byte. */
class SignedAnswersTest {
    private static final String TYPE = "application/pkcs7-mime; smime-type=signed-data";
    private static final String OCSP = "/ocsp";

    @TempDir
    private static Path folder;

    private static final Responder RESPONDER = Responder.start();

    private static SendingHome home;
    private static Certified acme;
    private static Certified globex;
    private static Certified acmesServer;
    private static ScriptedServer server;
    private static RunningService service;
    private static int files;

    private String name = "";
    private int before;

    @BeforeAll
    static void start() throws Exception {
        home = new SendingHome(folder);
        home.home.set("countersign.revocation-wait", "5s");
        acmesServer = Issue.to("CN=acme's server").dns("localhost").by(home.home.authority);
        server = ScriptedServer.start(ServerTls.of(acmesServer));
        String url = server.url("/exchange").toString();
        acme = Issue.to("CN=acme").keys(Issue.rsa(2048)).selfSigned();
        acme.write(home.home.certificates(), "acme");
        globex = Issue.to("CN=globex").dns("globex.example").by(home.home.authority);
        home.home.partner("acme", Map.of("certificates", "certificates/acme.crt", "url", url));
        home.home.partner("globex", Map.of("san", "dns:globex.example", "url", url));
        home.home.partner("initech", Map.of("san", "dns:initech.example", "url", url, "verifyHost", "false"));
        service = RunningService.start(home.home);
    }

    @AfterAll
    static void stop() {
        service.close();
        server.close();
        RESPONDER.close();
    }

    @BeforeEach
    void nextFile() {
        name = "order" + ++files + ".bin";
        before = server.seen().size();
    }

    // Whose signature counts

    @Test
    void thatOfThePinnedCertificateCountsSelfSignedToo() throws Exception {
        isAccepted("acme", acme);
        assertThat(requests())
                .extracting(request -> request.headers().get("accept"))
                .containsExactly("application/pkcs7-mime, application/json;q=0.9");
    }

    @Test
    void thatOfACertificateWithThePartnersNameCounts() throws Exception {
        isAccepted("globex", globex);
        isAccepted("globex", Issue.to("CN=globex, O=new").dns("globex.example").by(home.home.authority));
    }

    @Test
    void thatOfItsServersCertificateCounts() throws Exception {
        isAccepted("acme", acmesServer);
        isAccepted(
                "acme",
                Issue.to("CN=another of its servers")
                        .dns("localhost")
                        .by(Issue.to("CN=Issuing").asAuthority().by(home.home.authority)));
    }

    @Test
    void thatOfAnyServerCountsWhereTheHostIsNotVerified() throws Exception {
        isAccepted(
                "initech", Issue.to("CN=some server").dns("elsewhere.example").by(home.home.authority));
    }

    @Test
    void anotherPartnersUnderTheSameAuthorityIsNoneOfItsOwn() {
        JsonObject problem = isRefused("acme", by(globex));
        assertThat(problem.getString("detail"))
                .startsWith("the partner answered 201 with a signed receipt that counts for nothing: it is signed by"
                        + " 'CN=globex': it is neither a certificate by which partner acme is known (it is one of partner"
                        + " globex) nor one of its server (")
                .contains("does not name localhost; it names globex.example");
        assertThat(home.names("failed")).contains(name + ".receipt.p7m", name + ".receipt.json");
    }

    @Test
    void aStrangersIsNone() {
        assertThat(isRefused("acme", by(Issue.to("CN=stranger").dns("localhost").by(Issue.root("CN=Other"))))
                        .getString("detail"))
                .contains("signed by 'CN=stranger'", "not among the trusted authorities");
        assertThat(isRefused(
                                "globex",
                                by(Issue.to("CN=globex").dns("globex.example").selfSigned()))
                        .getString("detail"))
                .contains("signed by 'CN=globex'", "is self-signed");
    }

    @Test
    void oneOfACertificateThatHasExpiredIsNoneEvenIfItWasGoodOnce() {
        Instant now = Instant.now();
        Certified expired = Issue.to("CN=globex")
                .dns("globex.example")
                .valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(2)))
                .by(home.home.authority);
        assertThat(isRefused("globex", content -> content.by(expired).at(now.minus(Duration.ofDays(5))))
                        .getString("detail"))
                .contains("signed by 'CN=globex'", "certificate 'CN=globex' expired on");
        assertThat(isRefused("globex", by(expired)).getString("detail")).contains("it was signed on", "expired on");
    }

    @Test
    void oneOfARevokedCertificateIsNone() {
        Certified revoked = Issue.to("CN=globex")
                .dns("globex.example")
                .ocsp(RESPONDER.url(OCSP))
                .by(home.home.authority);
        RESPONDER.says(
                OCSP, () -> OcspAnswer.revoked(home.home.authority, revoked).bytes());
        assertThat(isRefused("globex", by(revoked)).getString("detail"))
                .contains("it is signed by 'CN=globex': certificate 'CN=globex' is revoked since");
    }

    @Test
    void oneOfWhichNobodyCanSayIsAskedForAgainUnderTheSameKey() throws Exception {
        Certified unclear = Issue.to("CN=globex")
                .dns("globex.example")
                .ocsp(RESPONDER.url("/later"))
                .by(home.home.authority);
        RESPONDER.closesAt("/later");
        server.otherwise(signed(TYPE, by(unclear), receipt -> receipt, new AtomicReference<>()));
        Path file = home.drop("globex", name, "x");
        assertThat(home.setback("globex", name).getString("lastFailure"))
                .startsWith("revocation-unknown: ")
                .contains("nobody says that certificate 'CN=globex' is not revoked");
        SendingHome.soon().until(() -> requests().size() > 1);
        Files.delete(file);
        server.otherwise(Step.accept());
        assertThat(requests())
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsOnly(String.valueOf(requests().get(0).headers().get("idempotency-key")));
    }

    // What is signed

    @ParameterizedTest
    @ValueSource(strings = {"Application/PKCS7-Mime", "application/x-pkcs7-mime", TYPE + "; name=\"a;b\""})
    void itIsKnownByItsType(String type) throws Exception {
        AtomicReference<byte[]> answered = new AtomicReference<>();
        server.then(signed(type, by(acme), receipt -> receipt, answered));
        home.drop("acme", name, "x");
        home.answer("acme", name);
        assertThat(home.sent("acme", name + ".receipt.p7m")).hasBinaryContent(answered.get());
    }

    @ParameterizedTest
    @CsvSource({
        "sha256, 00, its sha256 is 00",
        "size, 2, its size is 2 bytes",
        "name, other.bin, its name is 'other.bin'",
        "id, , what is signed is not a receipt"
    })
    void aReceiptForSomethingElseIsNoneWhoeverHasSignedIt(String member, String value, String told) {
        server.then(signed(
                TYPE,
                by(acme),
                receipt -> {
                    receipt.put(member, value);
                    return receipt;
                },
                new AtomicReference<>()));
        home.drop("acme", name, "x");
        JsonObject problem = home.problem("acme", name);
        assertThat(problem).containsEntry("type", "urn:countersign:problem:receipt-mismatch");
        assertThat(problem.getString("detail")).contains("with a receipt for something else: " + told);
        assertThat(home.names("failed")).contains(name + ".receipt.p7m");
        assertThat(home.names("sent")).doesNotContain(name);
    }

    @Test
    void oneThatWasTamperedWithIsNone() {
        server.then(Step.onRequest(request -> {
            request.readWhole();
            byte[] encoded = SignedContent.of(bytes(request.receipt())).by(acme).encoded();
            String tampered = new String(encoded, StandardCharsets.ISO_8859_1).replace("127.0.0.1", "127.0.0.2");
            answer(request, TYPE, tampered.getBytes(StandardCharsets.ISO_8859_1));
        }));
        home.drop("acme", name, "x");
        assertThat(home.problem("acme", name))
                .containsEntry("type", "urn:countersign:problem:receipt-untrusted")
                .hasEntrySatisfying(
                        "detail",
                        detail -> assertThat(detail.toString())
                                .contains(
                                        "its signature is not by the key of 'CN=acme', or what was signed has changed"));
        assertThat(home.names("failed"))
                .contains(name + ".receipt.p7m", name + ".answer.json")
                .doesNotContain(name + ".receipt.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "0", "0\u0080"})
    void whatOnlySaysThatItIsSignedIsNone(String body) {
        server.then(Step.onRequest(request -> {
            request.readWhole();
            answer(request, TYPE, body.getBytes(StandardCharsets.ISO_8859_1));
        }));
        home.drop("acme", name, "x");
        assertThat(home.problem("acme", name))
                .containsEntry("type", "urn:countersign:problem:receipt-untrusted")
                .hasEntrySatisfying(
                        "detail",
                        detail -> assertThat(detail.toString()).contains("it cannot be read as CMS signed data"));
    }

    @Test
    void oneThatIsTooLongIsNone() {
        server.then(Step.onRequest(request -> {
            request.readWhole();
            answer(request, TYPE, SignedContent.of(new byte[100_000]).by(acme).encoded());
        }));
        home.drop("acme", name, "x");
        assertThat(home.problem("acme", name)).containsEntry("type", "urn:countersign:problem:receipt-untrusted");
        assertThat(home.names("failed")).doesNotContain(name + ".receipt.p7m");
    }

    @Test
    void aRefusalOfThatTypeIsARefusal() {
        server.then(Step.answer(403, Map.of("Content-Type", TYPE), "not this"));
        home.drop("acme", name, "x");
        assertThat(home.problem("acme", name))
                .containsEntry("type", "urn:countersign:problem:refused")
                .containsEntry("detail", "the partner answered 403: not this");
    }

    // What becomes of the file

    @Test
    void putBackItHasItsKeySinceThePartnerHasTheFile() throws Exception {
        JsonObject problem = isRefused("acme", by(globex));
        TestHome at = home.home;
        try (Ledger ledger = new Ledger("jdbc:sqlite:" + at.data().resolve("ledger.db"), "", "", Node.of(at.data()))) {
            ledger.open();
            new Failures(at.data(), ledger).putBack("acme", home.failed("acme", name + ".problem.json"));
        }
        assertThat(home.answer("acme", name).get("key")).isEqualTo(problem.get("key"));
        assertThat(home.names("failed")).noneMatch(left -> left.startsWith(name));
    }

    @Test
    void howNotToAskForOneIsToldWhereThatGivesOffence() {
        server.then(Step.answer(406, Map.of(), "no such form"));
        home.drop("acme", name, "x");
        assertThat(home.problem("acme", name).getString("detail"))
                .isEqualTo("the partner answered 406: no such form; where it takes offence at being asked for a signed"
                        + " receipt: signedReceipts: false on the bean attempt avoids that");
    }

    @Test
    void whereNoneIsAskedForOneCountsAllTheSame(@TempDir Path elsewhere) throws Exception {
        SendingHome plain = new SendingHome(elsewhere);
        String routes = plain.home.read("routes/send.camel.yaml");
        assertThat(routes).contains("signedReceipts: true");
        plain.home.write("routes/send.camel.yaml", routes.replace("signedReceipts: true", "signedReceipts: false"));
        AtomicReference<byte[]> answered = new AtomicReference<>();
        Certified signer = Issue.to("CN=signer").dns("localhost").by(plain.home.authority);
        try (ScriptedServer own = plain.server(
                        Step.answer(406, Map.of(), "no such form"),
                        signed(TYPE, by(signer), receipt -> receipt, answered));
                RunningService running = RunningService.start(plain.receiver("acme", own.url("/exchange")).home)) {
            assertThat(running.complaints()).isEmpty();
            plain.drop("acme", "first", "x");
            assertThat(plain.problem("acme", "first").getString("detail"))
                    .isEqualTo("the partner answered 406: no such form");
            assertThat(own.seen().get(0).headers()).containsEntry("accept", "application/json");
            plain.drop("acme", "second", "x");
            plain.answer("acme", "second");
            assertThat(plain.sent("acme", "second.receipt.p7m")).hasBinaryContent(answered.get());
        }
    }

    @Test
    void anotherCountersignsIsTheOneThatItKeeps(@TempDir Path elsewhere) throws Exception {
        TestHome theirs = new TestHome(elsewhere);
        home.home.company.write(theirs.certificates(), "sender");
        theirs.partner("sender", Map.of("certificates", "certificates/sender.crt", "addresses", "any"));
        theirs.authority.write(home.home.certificates(), "theirs");
        try (RunningService receiver = RunningService.start(theirs)) {
            home.home.partner(
                    "hooli",
                    Map.of(
                            "san",
                            "dns:hooli.example",
                            "url",
                            "https://localhost:" + receiver.port() + "/exchange",
                            "serverTrust",
                            "certificates/theirs.crt"));
            home.drop("hooli", name, "x");
            home.answer("hooli", name);
        }
        List<Path> kept = theirs.files("receipts/sender");
        assertThat(kept).hasSize(2);
        assertThat(home.sent("hooli", name + ".receipt.json")).hasBinaryContent(Files.readAllBytes(kept.get(0)));
        assertThat(home.sent("hooli", name + ".receipt.p7m")).hasBinaryContent(Files.readAllBytes(kept.get(1)));
    }

    private void isAccepted(String partner, Certified signer) throws IOException {
        nextFile();
        AtomicReference<byte[]> answered = new AtomicReference<>();
        AtomicReference<JsonObject> stated = new AtomicReference<>();
        server.then(signed(
                TYPE,
                by(signer),
                receipt -> {
                    stated.set(receipt);
                    return receipt;
                },
                answered));
        home.drop(partner, name, "x");
        home.answer(partner, name);
        assertThat(home.sent(partner, name)).hasContent("x");
        assertThat(home.sent(partner, name + ".receipt.p7m")).hasBinaryContent(answered.get());
        assertThat(home.sent(partner, name + ".receipt.json"))
                .hasBinaryContent(bytes(Objects.requireNonNull(stated.get())));
        assertThat(home.rows(State.SENT))
                .filteredOn(row -> row.path().equals(name))
                .extracting(Entry::receipt)
                .containsExactly(new String(bytes(Objects.requireNonNull(stated.get())), StandardCharsets.UTF_8));
    }

    private JsonObject isRefused(String partner, UnaryOperator<SignedContent> how) {
        nextFile();
        AtomicReference<byte[]> answered = new AtomicReference<>();
        server.then(signed(TYPE, how, receipt -> receipt, answered));
        home.drop(partner, name, "x");
        JsonObject problem = home.problem(partner, name);
        assertThat(problem)
                .containsEntry("type", "urn:countersign:problem:receipt-untrusted")
                .containsEntry("title", "The partner's receipt is not signed by the partner");
        assertThat(home.failed(partner, name + ".receipt.p7m")).hasBinaryContent(answered.get());
        assertThat(home.names("sent")).doesNotContain(name);
        return problem;
    }

    private List<Seen> requests() {
        List<Seen> seen = server.seen();
        return seen.subList(before, seen.size());
    }

    private static UnaryOperator<SignedContent> by(Certified signer) {
        return content -> content.by(signer);
    }

    /** Takes the file and answers by a signed receipt. */
    private static Step.OnRequest signed(
            String type,
            UnaryOperator<SignedContent> how,
            UnaryOperator<JsonObject> receipt,
            AtomicReference<byte[]> answered) {
        return Step.onRequest(request -> {
            request.readWhole();
            byte[] encoded = how.apply(SignedContent.of(bytes(receipt.apply(request.receipt()))))
                    .encoded();
            answered.set(encoded);
            answer(request, type, encoded);
        });
    }

    private static void answer(Seen request, String type, byte[] body) throws IOException {
        request.write(
                ("HTTP/1.1 201 Created\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        request.write(body);
    }

    private static byte[] bytes(JsonObject receipt) {
        return (receipt.toJson() + "\n").getBytes(StandardCharsets.UTF_8);
    }
}

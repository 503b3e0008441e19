package io.countersign.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.Transfers;
import io.countersign.settings.RetentionTerms;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.TestLedger;
import io.countersign.transfer.PayloadName;
import io.countersign.transfer.Receipt;
import io.countersign.transfer.Transfer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is on disk gets into a new ledger, and nothing else does. */
class RebuildTest {
    private static final String DIGEST = "9f".repeat(32);
    private static final Duration DAY = Duration.ofDays(1);
    private static final RetentionTerms TERMS = new RetentionTerms(DAY.multipliedBy(30), null, null, null);

    @TempDir
    private Path data;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private @Nullable Ledger opened;

    @AfterEach
    void close() {
        ledger().close();
    }

    @ParameterizedTest
    @EnumSource
    void whatWasReceivedIsToldByItsReceipt(LedgerKind kind) throws IOException {
        open(kind);
        Receipt keyed = receipt("acme", "Bestellung №1.xml", "order 1", DAY);
        Receipt old = receipt("acme", "order.xml", "order 2", DAY.multipliedBy(31));
        Receipt unkeyed = receipt("globex", "order.xml", null, DAY);
        keep(keyed, old, unkeyed);
        Path inbox = write("inbox/acme/" + onDisk(keyed), "");

        Rebuilt rebuilt = rebuild(TERMS);

        assertThat(rebuilt).isEqualTo(new Rebuilt(3, 0, 0, 0, 0, List.of(), List.of(), List.of(), 0));
        assertThat(find(keyed.id()))
                .isEqualTo(new Entry(
                        keyed.id(),
                        "here",
                        Direction.IN,
                        "acme",
                        "order 1",
                        "order 1",
                        "Bestellung №1.xml",
                        onDisk(keyed),
                        keyed.size(),
                        0,
                        DIGEST,
                        State.RECEIVED,
                        keyed.receivedAt(),
                        keyed.receivedAt(),
                        1,
                        null,
                        null,
                        keyed.toJson(),
                        inbox.toString()));
        assertThat(find(old.id()).key()).isEqualTo("order 2");
        assertThat(find(old.id()).claim()).isNull();
        assertThat(find(old.id()).filed()).isNull();
        assertThat(find(unkeyed.id()).key()).isNull();
        assertThat(ledger().isBuilt()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void whatWasSentIsToldByThePartnersAnswer(LedgerKind kind) throws IOException {
        open(kind);
        Path order = write("sent/acme/2026/order.xml", "<order/>");
        Files.setLastModifiedTime(order, FileTime.from(now.minus(DAY)));
        write("sent/acme/2026/order.xml.answer.json", answer("key 1", "2026/order.xml", 3));
        write("sent/acme/2026/order.xml.receipt.json", "{\"id\":\"theirs\"}\n");
        write("sent/acme/taken.xml.answer.json", answer("key 2", "taken.xml", 1));
        write("sent/acme/x.answer.json", "sent under this name itself");
        write("sent/acme/x.answer.json.answer.json", answer("key 3", "x.answer.json", 1));

        Rebuilt rebuilt = rebuild(TERMS);

        assertThat(rebuilt).isEqualTo(new Rebuilt(0, 3, 0, 0, 0, List.of(), List.of(), List.of(), 0));
        assertThat(find("key 1"))
                .isEqualTo(new Entry(
                        "key 1",
                        "here",
                        Direction.OUT,
                        "acme",
                        "key 1",
                        null,
                        "order.xml",
                        "2026/order.xml",
                        8,
                        now.minus(DAY).toEpochMilli(),
                        DIGEST,
                        State.SENT,
                        now.minus(DAY),
                        now,
                        3,
                        null,
                        null,
                        "{\"id\":\"theirs\"}\n",
                        order.toString()));
        assertThat(find("key 2").filed()).isNull();
        assertThat(find("key 3").filed()).endsWith("x.answer.json");
    }

    @ParameterizedTest
    @EnumSource
    void whatHasFailedIsToldByItsProblem(LedgerKind kind) throws IOException {
        open(kind);
        Path order = write("failed/acme/a/order.xml", "<order/>");
        Files.setLastModifiedTime(order, FileTime.from(now.minus(DAY)));
        write("failed/acme/a/order.xml.problem.json", problem("key 1", "\"path\":\"a/order.xml\",\"attempts\":2,"));
        write("failed/acme/b/early.xml", "x");
        write("failed/acme/b/early.xml.problem.json", problem("key 2", ""));
        write("failed/acme/put-back.xml.problem.json", problem("key 3", ""));
        write("sent/acme/later.xml.answer.json", answer("key 4", "later.xml", 1));
        write("failed/acme/later.xml", "x");
        write("failed/acme/later.xml.problem.json", problem("key 4", ""));

        Rebuilt rebuilt = rebuild(TERMS);

        assertThat(rebuilt).isEqualTo(new Rebuilt(0, 1, 2, 1, 0, List.of(), List.of(), List.of(), 0));
        assertThat(find("key 1"))
                .isEqualTo(new Entry(
                        "key 1",
                        "here",
                        Direction.OUT,
                        "acme",
                        "key 1",
                        null,
                        "order.xml",
                        "a/order.xml",
                        8,
                        now.minus(DAY).toEpochMilli(),
                        null,
                        State.FAILED,
                        now,
                        now,
                        2,
                        null,
                        "refused: No.",
                        null,
                        order.toString()));
        assertThat(find("key 2").path()).isEqualTo("b/early.xml");
        assertThat(find("key 2").size()).isEqualTo(1);
        assertThat(find("key 4").state()).isEqualTo(State.SENT);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDamagedIsNamedAndKeepsNothingElseOut(LedgerKind kind) throws IOException {
        open(kind);
        Receipt good = receipt("acme", "order.xml", null, DAY);
        Receipt globexs = receipt("globex", "order.xml", null, DAY);
        keep(good);
        write("receipts/acme/" + globexs.id() + ".json", globexs.toJson());
        write(
                "receipts/acme/other.json",
                receipt("acme", "order.xml", null, DAY).toJson());
        write("receipts/acme/torn.json", good.toJson().substring(0, 40));
        write("receipts/acme/deep.json", "[".repeat(100_000));
        write("receipts/acme/zero.json", "\0\0\0\0");
        write("receipts/acme/list.json", "[]");
        Files.write(data.resolve("receipts/acme/latin.json"), "{\"name\":\"ü\"}".getBytes(StandardCharsets.ISO_8859_1));
        Files.createDirectories(data.resolve("receipts/acme/folder.json"));
        write("receipts/acme/" + globexs.id() + ".p7m", "not looked at");
        write("receipts/acme/.x.json.part", "not looked at");
        String zero = Transfer.newId(now);
        write(
                "receipts/acme/" + zero + ".json",
                good.toJson().replace(good.id(), zero).replace("order.xml", "\\u0000"));
        write("sent/acme/order.xml.answer.json", answer("k".repeat(37), "order.xml", 1));
        write("sent/acme/late.xml.answer.json", answer("key", "late.xml", 1).replace("answeredAt", "answered"));
        write("sent/acme/binary.xml.answer.json", answer("key 2", "binary.xml", 1));
        write("sent/acme/binary.xml.receipt.json", "\0");
        write("failed/acme/order.xml", "");
        write("failed/acme/order.xml.problem.json", "{\"key\":7,\"type\":{}}");

        Rebuilt rebuilt = rebuild(TERMS);

        assertThat(rebuilt.received()).isEqualTo(1);
        assertThat(rebuilt.sent() + rebuilt.failed()).isZero();
        assertThat(rebuilt.damaged())
                .containsExactlyInAnyOrder(
                        "receipts/acme/" + globexs.id() + ".json: it is the receipt " + globexs.id()
                                + " of the partner 'globex'",
                        named(rebuilt, "other.json: it is the receipt "),
                        "receipts/acme/torn.json: it is not a receipt of ours",
                        "receipts/acme/deep.json: it is not a receipt of ours",
                        "receipts/acme/zero.json: it has bytes of zero in it",
                        "receipts/acme/list.json: it is not a receipt of ours",
                        "receipts/acme/latin.json: it is not UTF-8",
                        "receipts/acme/folder.json: it is no file, or larger than 1048576 bytes",
                        "receipts/acme/" + zero + ".json: its digest, size, name or key is none",
                        "sent/acme/order.xml.answer.json: its 'key' is no key of ours",
                        "sent/acme/late.xml.answer.json: it has no 'answeredAt'",
                        "sent/acme/binary.xml.answer.json: it has bytes of zero in it",
                        "failed/acme/order.xml.problem.json: its 'key' is no text");
        assertThat(ledger().isBuilt()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void ofTwoReceiptsForOneKeyTheNewerHasIt(LedgerKind kind) throws IOException {
        open(kind);
        Receipt first = receipt("acme", "order.xml", "key", DAY.multipliedBy(3));
        Receipt last = receipt("acme", "order.xml", "key", DAY);
        Receipt middle = receipt("acme", "order.xml", "key", DAY.multipliedBy(2));
        Receipt globexs = receipt("globex", "order.xml", "key", DAY);
        keep(first, last, middle, globexs);

        Rebuilt rebuilt = rebuild(TERMS);

        assertThat(rebuilt.received()).isEqualTo(4);
        assertThat(find(last.id()).claim()).isEqualTo("key");
        assertThat(find(first.id()).claim()).isNull();
        assertThat(find(middle.id()).claim()).isNull();
        assertThat(find(globexs.id()).claim()).isEqualTo("key");
        assertThat(rebuilt.contested())
                .hasSize(2)
                .allMatch(line -> line.startsWith("receipts/acme/") && line.contains("same idempotencyKey, 'key'"));
    }

    @ParameterizedTest
    @EnumSource
    void oneThatWasInterruptedGoesOn(LedgerKind kind) throws IOException {
        open(kind);
        for (int i = 0; i < 450; i++) {
            keep(receipt("acme", "order " + i, "key " + i, DAY));
        }
        Receipt newer = receipt("acme", "order 0", "key 0", Duration.ofHours(1));
        keep(newer);
        Rebuild killed = new Rebuild(ledger(), data, TERMS, Clock.systemUTC(), (done, of) -> {
            assertThat(of).isEqualTo(451);
            throw new IllegalStateException("killed");
        });
        assertThat(org.assertj.core.api.Assertions.catchThrowable(killed::run)).hasMessage("killed");
        assertThat(ledger().isBuilt()).isFalse();

        Rebuilt rebuilt = rebuild(TERMS);

        assertThat(rebuilt.known()).isEqualTo(200);
        assertThat(rebuilt.received()).isEqualTo(251);
        assertThat(find(newer.id()).claim()).isEqualTo("key 0");
        assertThat(rows().stream().filter(row -> row.claim() != null)).hasSize(450);
        assertThat(ledger().isBuilt()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotBeToldFromDiskIsReported(LedgerKind kind) throws IOException {
        open(kind);
        Receipt known = receipt("acme", "order.xml", null, DAY);
        Receipt lost = receipt("acme", "lost.xml", null, DAY);
        keep(known);
        write("inbox/acme/" + onDisk(known), "");
        Path unreceipted = write("inbox/acme/" + onDisk(lost), "");
        write("inbox/acme/notes.txt", "somebody's own");
        write("inbox/acme/" + onDisk(receipt("acme", "x", null, DAY.multipliedBy(50))), "its receipt has had its time");
        keep(receipt("acme", "x", null, DAY.multipliedBy(50)));
        write("outbox/acme/one", "");
        write("outbox/acme/folder/two", "");
        write("outbox/acme/.hidden", "");

        Rebuilt rebuilt = rebuild(new RetentionTerms(DAY.multipliedBy(30), null, DAY.multipliedBy(40), null));

        assertThat(rebuilt).isEqualTo(new Rebuilt(1, 0, 0, 0, 1, List.of(), List.of(), List.of(unreceipted), 2));
        assertThat(rows()).hasSize(1);
    }

    private static String named(Rebuilt rebuilt, String part) {
        return rebuilt.damaged().stream()
                .filter(line -> line.contains(part))
                .findFirst()
                .orElse(part);
    }

    private void open(LedgerKind kind) throws LedgerException {
        opened = TestLedger.open(kind, data, "here");
    }

    private Ledger ledger() {
        return Objects.requireNonNull(opened);
    }

    private Rebuilt rebuild(RetentionTerms terms) throws IOException {
        return new Rebuild(ledger(), data, terms, Clock.systemUTC(), (done, of) -> {}).run();
    }

    private Entry find(String id) throws LedgerException {
        return ledger().read(connection -> new Transfers(connection).find(id)).orElseThrow();
    }

    private List<Entry> rows() throws LedgerException {
        return ledger().read(connection -> new Transfers(connection).select("id > ''"));
    }

    private Receipt receipt(String partner, String name, @Nullable String key, Duration age) {
        Instant at = now.minus(age);
        return new Receipt(Transfer.newId(at), partner, name, 7, DIGEST, at, "00ff", "192.0.2.7", key);
    }

    private static String onDisk(Receipt receipt) {
        return new PayloadName(receipt.name()).onDisk(receipt.id(), receipt.receivedAt());
    }

    private void keep(Receipt... receipts) throws IOException {
        for (Receipt receipt : receipts) {
            write("receipts/" + receipt.partner() + "/" + receipt.id() + ".json", receipt.toJson());
        }
    }

    private String answer(String key, String path, int attempts) {
        return "{\"partner\":\"acme\",\"path\":\"%s\",\"name\":\"%s\",\"size\":8,\"sha256\":\"%s\",\"key\":\"%s\",\"attempts\":%d,"
                        .formatted(path, path.substring(path.lastIndexOf('/') + 1), DIGEST, key, attempts)
                + "\"firstAttempt\":\"" + now.minus(DAY) + "\",\"answeredAt\":\"" + now + "\",\"status\":201}\n";
    }

    private String problem(String key, String more) {
        return "{\"type\":\"urn:countersign:problem:refused\",\"detail\":\"No.\"," + more + "\"instance\":\"urn:uuid:"
                + key + "\",\"failedAt\":\"" + now + "\"}\n";
    }

    private Path write(String file, String content) throws IOException {
        Path target = data.resolve(file);
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        return Files.writeString(target, content);
    }
}

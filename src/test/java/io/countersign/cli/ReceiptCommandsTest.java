package io.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.Ran;
import io.countersign.testing.SignedContent;
import io.countersign.testing.TestHome;
import io.countersign.transfer.Transfer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code countersign receipts}, in a home folder where no service runs. */
class ReceiptCommandsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified company;
    private Certified acme;
    private Certified globex;

    @BeforeEach
    void describe() {
        home = new TestHome(folder.resolve("home"));
        home.saveSettings();
        company = home.company;
        acme = Issue.to("CN=acme").selfSigned();
        acme.write(home.certificates(), "acme");
        globex = Issue.to("CN=globex").dns("globex.example").by(home.authority);
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"));
        home.partner("globex", Map.of("san", "dns:globex.example", "addresses", "any"));
    }

    // list

    @Test
    void listHasALineForEachReceiptTheOldestFirst() throws Exception {
        String second = received("acme", "second.txt", "two", NOON, null);
        sent("globex", "year/first.txt", "first", NOON.minusSeconds(60), by(globex));
        Ran ran = receipts("list");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out().lines().map(line -> List.of(line.split(" {2,}"))))
                .satisfiesExactly(
                        heads -> assertThat(heads)
                                .containsExactly(
                                        "TIME", "DIRECTION", "PARTNER", "NAME", "SIZE", "ID", "SHA-256", "SIGNED"),
                        line -> assertThat(line)
                                .startsWith("2026-11-20T11:59:00Z", "sent", "globex", "first.txt", "5")
                                .endsWith("yes"),
                        line -> assertThat(line)
                                .containsExactly(
                                        "2026-11-20T12:00:00Z",
                                        "received",
                                        "acme",
                                        "second.txt",
                                        "3",
                                        second,
                                        sha256("two").substring(0, 12),
                                        "no"));
    }

    @Test
    void listCanBeNarrowed() throws Exception {
        received("acme", "a", "a", NOON, null);
        received("globex", "b", "b", NOON.plusSeconds(1), null);
        sent("acme", "c", "c", NOON.plus(Duration.ofDays(1)), null);
        assertThat(names("list")).containsExactly("a", "b", "c");
        assertThat(names("list", "--partner", "acme")).containsExactly("a", "c");
        assertThat(names("list", "--received")).containsExactly("a", "b");
        assertThat(names("list", "--sent")).containsExactly("c");
        assertThat(names("list", "--sent", "--received")).containsExactly("a", "b", "c");
        assertThat(names("list", "--since", "2026-11-21")).containsExactly("c");
        assertThat(names("list", "--since", "2026-11-20T12:00:01Z")).containsExactly("b", "c");
        assertThat(names("list", "--partner", "nobody")).isEmpty();
        Ran wrong = receipts("list", "--since", "yesterday");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("--since yesterday is not a time; accepted: 2026-12-01");
    }

    @Test
    void listAsJsonIsForPrograms() throws Exception {
        String id = received("acme", "a", "a", NOON, by(company));
        JsonObject first = (JsonObject) list("list").get(0);
        assertThat(first)
                .containsEntry("id", id)
                .containsEntry("direction", "received")
                .containsEntry("sha256", sha256("a"))
                .containsEntry("signed", true)
                .containsEntry(
                        "file",
                        home.data().resolve("receipts/acme/" + id + ".p7m").toString());
    }

    @Test
    void listNamesWhatCannotBeRead() throws Exception {
        String torn = received("acme", "torn", "x", NOON, null);
        received("acme", "whole", "x", NOON, null);
        Path file = home.data().resolve("receipts/acme/" + torn + ".json");
        Files.writeString(file, Files.readString(file).substring(0, 40));
        Ran ran = receipts("list");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).contains("whole").doesNotContain("torn");
        assertThat(ran.err()).contains(file + ": it is not a whole receipt");
    }

    @Test
    void whatWasSentAndIsCalledLikeAReceiptIsNone() throws Exception {
        sent("acme", "order.receipt.json", "{}", NOON, null);
        assertThat(names("list")).containsExactly("order.receipt.json");
        assertThat(receipts("verify").out()).startsWith("1 receipt: ");
    }

    // show

    @Test
    void showSaysWhatStandsInItWhoHasSignedItAndWhereThePayloadIs() throws Exception {
        String id = received("acme", "order.txt", "hello", NOON, by(company));
        Ran ran = receipts("show", id);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^ +\"name\": \"order.txt\",?$")
                .containsPattern("(?m)^signed by: +'CN=company'$")
                .containsPattern("(?m)^certificate: +" + company.fingerprint() + "$")
                .containsPattern("(?m)^signed at: +2026-")
                .containsPattern("(?m)^payload: .*/data/inbox/acme/.*_" + id + "_order.txt$");
        home.files("inbox").forEach(ReceiptCommandsTest::delete);
        assertThat(receipts("show", id).out()).contains("not here any more, or put elsewhere");
    }

    @Test
    void showTakesAFileToo() throws Exception {
        sent("globex", "year/order.txt", "hello", NOON, null);
        Path file = home.data().resolve("sent/globex/year/order.txt.receipt.json");
        JsonObject shown = (JsonObject)
                Jsoner.deserialize(receipts("show", "--json", file.toString()).out());
        assertThat(shown)
                .containsEntry("signedBy", "nobody")
                .containsEntry(
                        "payload",
                        home.data().resolve("sent/globex/year/order.txt").toString());
        assertThat((JsonObject) shown.get("receipt")).containsEntry("name", "order.txt");
    }

    @Test
    void showSaysWhatIsWrongAndWhatIsStatedAllTheSame() throws Exception {
        String id = received("acme", "order.txt", "hello", NOON, by(company));
        Path signed = home.data().resolve("receipts/acme/" + id + ".p7m");
        Files.write(signed, Arrays.copyOf(Files.readAllBytes(signed), 700));
        Ran ran = receipts("show", id);
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains(signed + ": it cannot be read as CMS signed data");
        assertThat(ran.out()).contains("\"name\": \"order.txt\"").containsPattern("(?m)^signed by: +nobody$");
        Ran none = receipts("show", "00000000-0000-7000-8000-000000000000");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("no such file, and no receipt here has this id");
    }

    // verify

    @Test
    void allThatIsGoodIsCounted() throws Exception {
        received("acme", "a", "a", NOON, by(company));
        received("acme", "b", "b", NOON, null);
        String taken = received("acme", "c", "c", NOON, null);
        home.files("inbox/acme").stream()
                .filter(file -> file.toString().contains(taken))
                .forEach(ReceiptCommandsTest::delete);
        sent("acme", "d", "d", NOON, by(acme));
        sent("globex", "e/e", "e", NOON, by(globex));
        sent("globex", "f", "f", NOON, null);
        Ran ran = receipts("verify");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out().strip())
                .isEqualTo("6 receipts: 3 signed and good, 2 that nobody has signed and whose payload has its digest,"
                        + " 1 that nobody has signed and whose payload is not here, 0 wrong");
    }

    @Test
    void oneThatIsNamedIsToldAbout() throws Exception {
        String id = received("acme", "a", "a", NOON, by(company));
        Ran signed = receipts("verify", id);
        assertThat(signed.exitCode()).as(signed.err()).isZero();
        assertThat(signed.out())
                .contains(
                        id + ".p7m: signed by us, 'CN=company', on 2026-",
                        "/data/inbox/acme/",
                        "has its size and digest");
        String plain = received("acme", "b", "b", NOON, null);
        Ran unsigned = receipts("verify", plain);
        assertThat(unsigned.exitCode()).isZero();
        assertThat(unsigned.out()).contains("unsigned: ", "nobody has signed it; its payload ");
        home.files("inbox/acme").forEach(ReceiptCommandsTest::delete);
        Ran unproven = receipts("verify", plain);
        assertThat(unproven.exitCode()).isEqualTo(1);
        assertThat(unproven.out())
                .contains("unproven: ", "nobody has signed it; its payload is not here to be compared");
        assertThat(receipts("verify", id).exitCode()).isZero();
    }

    @Test
    void anotherPayloadIsNoticedWhereverItIs() throws Exception {
        String id = received("acme", "a", "hello", NOON, by(company));
        Path other = Files.writeString(folder.resolve("other"), "hullo");
        Ran given = receipts("verify", id, "--payload", other.toString());
        wrong(
                given,
                "it is for 5 bytes with the SHA-256 " + sha256("hello") + ", and " + other
                        + " has 5 bytes with the SHA-256 " + sha256("hullo"));
        assertThat(receipts("verify", id, "--payload", home.files("inbox").get(0))
                        .exitCode())
                .isZero();
        Files.writeString(home.files("inbox").get(0), "hullo");
        wrong(receipts("verify"), "it is for 5 bytes");
        sent("globex", "b", "b", NOON, null);
        Files.writeString(home.data().resolve("sent/globex/b"), "changed");
        Ran both = receipts("verify");
        wrong(both, "it is for 1 bytes");
        assertThat(both.out()).contains("2 receipts: ", " 2 wrong");
    }

    @Test
    void brokenFilesAreNamedInPlainWords() throws Exception {
        String tampered = received("acme", "a", "a", NOON, by(company));
        String cut = received("acme", "b", "b", NOON, by(company));
        String torn = received("acme", "c", "c", NOON, null);
        String differing = received("acme", "d", "d", NOON, by(company));
        String empty = received("acme", "e", "e", NOON, null);
        Path folder = home.data().resolve("receipts/acme");
        Path first = folder.resolve(tampered + ".p7m");
        String signed = Files.readString(first, StandardCharsets.ISO_8859_1);
        Files.writeString(first, signed.replace("\"size\":1", "\"size\":2"), StandardCharsets.ISO_8859_1);
        Path second = folder.resolve(cut + ".p7m");
        Files.write(second, Arrays.copyOf(Files.readAllBytes(second), 300));
        Path third = folder.resolve(torn + ".json");
        Files.writeString(third, Files.readString(third).substring(0, 50));
        Path fourth = folder.resolve(differing + ".json");
        Files.writeString(fourth, Files.readString(fourth).replace("\"size\":1", "\"size\":2"));
        Files.writeString(folder.resolve(empty + ".json"), "");
        Ran ran = receipts("verify");
        wrong(ran, first + ": its signature is not by the key of 'CN=company', or what was signed has changed");
        wrong(ran, second + ": it cannot be read as CMS signed data");
        wrong(ran, third + ": it is not a whole receipt");
        wrong(ran, "is not what " + fourth + " says");
        wrong(ran, empty + ".json: it is not a whole receipt");
        assertThat(ran.err().lines()).hasSize(5);
    }

    @Test
    void whatWeGaveMustBeSignedByUs() throws Exception {
        String id = received("acme", "a", "a", NOON, by(acme));
        wrong(
                receipts("verify", id),
                "it is signed by 'CN=acme', on 2026-",
                "that is not us: our certificate is 'CN=company'");
        received("acme", "b", "b", NOON, by(Issue.to("CN=company").by(Issue.root("CN=Other"))));
        wrong(receipts("verify"), "which is not among the trusted authorities");
    }

    @Test
    void whatWeSignedBeforeOurCertificateWasRenewedIsStillOurs() throws Exception {
        Instant now = Instant.now();
        Certified before = Issue.to("CN=company")
                .valid(now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(30)))
                .by(home.authority);
        String id =
                received("acme", "a", "a", NOON, content -> content.by(before).at(now.minus(Duration.ofMinutes(40))));
        Ran ran = receipts("verify", id);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("signed by us, 'CN=company'");
        String late =
                received("acme", "b", "b", NOON, content -> content.by(before).at(now.minus(Duration.ofMinutes(10))));
        wrong(receipts("verify", late), "certificate 'CN=company' expired on");
    }

    @Test
    void whatAPartnerGaveMustBeSignedByIt() throws Exception {
        sent("acme", "a", "a", NOON, by(globex));
        Ran other = receipts("verify");
        wrong(
                other,
                "it is signed by 'CN=globex', on 2026-",
                "it is neither a certificate by which partner acme is known (it is one of partner globex)",
                "nor one of its server");
        sent("globex", "b", "b", NOON, by(company));
        assertThat(receipts("verify").out()).contains(" 2 wrong");
    }

    @Test
    void ofAPartnerWhoseFileIsGoneSomebodyMustSayWhomToTrust() throws Exception {
        sent("acme", "a", "a", NOON, by(acme));
        sent("globex", "b", "b", NOON, by(globex));
        Files.delete(home.folder.resolve("routes/partners/acme.camel.yaml"));
        wrong(receipts("verify"), "partner acme is described by no file that can be used");
        String id =
                String.valueOf(((JsonObject) list("list", "--partner", "acme").get(0)).get("id"));
        Ran named = receipts("verify", id, "--ca", home.certificates().resolve("acme.crt"));
        assertThat(named.exitCode()).as(named.err()).isZero();
        assertThat(named.out()).contains("signed by 'CN=acme', whom --ca names");
        wrong(receipts("verify", id, "--ca", home.certificates().resolve("ca.crt")), "'CN=acme'", "is self-signed");
    }

    @Test
    void aReceiptFromElsewhereCountsUnderTheTrustOrUnderWhatIsSaid() throws Exception {
        Certified theirs = Issue.root("CN=Their authority");
        Certified them = Issue.to("CN=them").by(theirs);
        theirs.write(folder, "their-ca");
        them.write(folder, "them");
        Path receipt = Files.write(
                folder.resolve("receipt.p7m"),
                SignedContent.of(json("1", "us", "order", "hello", NOON))
                        .by(them)
                        .encoded());
        Path payload = Files.writeString(folder.resolve("order"), "hello");
        wrong(receipts("verify", receipt), "'CN=them'", "which is not among the trusted authorities");
        for (String ca : List.of("their-ca.crt", "them.crt")) {
            Ran ran = receipts("verify", receipt, "--ca", folder.resolve(ca), "--payload", payload);
            assertThat(ran.exitCode()).as(ran.err()).isZero();
            assertThat(ran.out()).contains("signed by 'CN=them', ", "has its size and digest");
        }
        wrong(
                receipts("verify", receipt, "--ca", home.certificates().resolve("ca.crt")),
                "which is not among the trusted authorities");
        for (Certified known : List.of(company, acme, globex)) {
            Path one = Files.write(
                    folder.resolve("known.p7m"),
                    SignedContent.of(json("2", "us", "order", "hello", NOON))
                            .by(known)
                            .encoded());
            Ran ran = receipts("verify", one);
            assertThat(ran.exitCode()).as(ran.err()).isZero();
            assertThat(ran.out()).contains(known.equals(company) ? "signed by us, " : "signed by partner ");
        }
    }

    @Test
    void outsideOfAnyHomeWhatIsSaidDecides() throws Exception {
        home.authority.write(folder, "ca");
        Path receipt = Files.write(
                folder.resolve("receipt.p7m"),
                SignedContent.of(json("1", "us", "order", "hello", NOON))
                        .by(company)
                        .encoded());
        Path nowhere = Files.createDirectories(folder.resolve("nowhere"));
        Ran ran = Ran.command("receipts", "verify", receipt, "--ca", folder.resolve("ca.crt"), "--home", nowhere);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("signed by 'CN=company', under --ca");
        Ran without = Ran.command("receipts", "verify", receipt, "--home", nowhere);
        assertThat(without.exitCode()).isEqualTo(1);
        wrong(without, "'CN=company'");
        Ran all = Ran.command("receipts", "verify", "--home", nowhere);
        assertThat(all.exitCode()).isZero();
        assertThat(all.out()).startsWith("0 receipts: ");
    }

    @Test
    void manyAreVerifiedToo() throws Exception {
        for (int i = 0; i < 250; i++) {
            received("acme", "file" + i, "content" + i, NOON, i % 50 == 0 ? by(company) : null);
        }
        Ran ran = receipts("verify");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith("250 receipts: 5 signed and good, 245 that nobody has signed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verify --payload x",
                "verify a b --payload x",
                "verify a --payload does-not-exist",
                "verify --since 2026-01-01",
                "show",
                "show a b",
                "list a",
                "sign"
            })
    void wrongUsageIsTold(String line) {
        Ran ran = Ran.command((Object[]) ("receipts " + line).split(" "));
        assertThat(ran.exitCode()).isEqualTo(2);
    }

    @Test
    void anAuthorityThatCannotBeReadIsTold() throws Exception {
        String id = received("acme", "a", "a", NOON, by(company));
        Ran ran = receipts("verify", id, "--ca", folder.resolve("missing.crt"));
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("missing.crt no such file");
        Ran missing = receipts("verify", "nowhere.p7m");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("nowhere.p7m: no such file, and no receipt here has this id");
    }

    private static void wrong(Ran ran, String... words) {
        assertThat(ran.exitCode()).as(ran.out()).isEqualTo(1);
        assertThat(ran.err()).contains("wrong: ").contains(words).doesNotContain("Exception", "\tat ");
    }

    /** As the service keeps them, signed if that is asked for, with the payload in the inbox. */
    private String received(
            String partner, String name, String content, Instant at, @Nullable UnaryOperator<SignedContent> signature)
            throws Exception {
        String id = Transfer.newId(Instant.now());
        byte[] json = json(id, partner, name, content, at);
        write("receipts/" + partner + "/" + id + ".json", json);
        if (signature != null) {
            write(
                    "receipts/" + partner + "/" + id + ".p7m",
                    signature.apply(SignedContent.of(json)).encoded());
        }
        write("inbox/" + partner + "/20261120T120000000Z_" + id + "_" + name, content.getBytes(StandardCharsets.UTF_8));
        return id;
    }

    private void sent(
            String partner, String path, String content, Instant at, @Nullable UnaryOperator<SignedContent> signature)
            throws Exception {
        String name = path.substring(path.lastIndexOf('/') + 1);
        byte[] json = json(Transfer.newId(Instant.now()), "company", name, content, at);
        String place = "sent/" + partner + "/" + path;
        write(place, content.getBytes(StandardCharsets.UTF_8));
        write(place + ".answer.json", "{}".getBytes(StandardCharsets.UTF_8));
        write(place + ".receipt.json", json);
        if (signature != null) {
            write(
                    place + ".receipt.p7m",
                    signature.apply(SignedContent.of(json)).encoded());
        }
    }

    private void write(String below, byte[] content) throws IOException {
        Path file = home.data().resolve(below);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, content);
    }

    private static byte[] json(String id, String partner, String name, String content, Instant at) throws Exception {
        JsonObject receipt = new JsonObject();
        receipt.put("id", id);
        receipt.put("partner", partner);
        receipt.put("name", name);
        receipt.put("size", content.length());
        receipt.put("sha256", sha256(content));
        receipt.put("receivedAt", at.toString());
        return (receipt.toJson() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static UnaryOperator<SignedContent> by(Certified signer) {
        return content -> content.by(signer);
    }

    private static String sha256(String text) throws GeneralSecurityException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private List<String> names(String... arguments) throws Exception {
        return list(arguments).stream()
                .map(each -> String.valueOf(((JsonObject) each).get("name")))
                .toList();
    }

    private JsonArray list(String... arguments) throws Exception {
        Object[] all = Arrays.copyOf((Object[]) arguments, arguments.length + 1, Object[].class);
        all[arguments.length] = "--json";
        Ran ran = receipts(all);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return (JsonArray) Jsoner.deserialize(ran.out());
    }

    private Ran receipts(Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = "receipts";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--home";
        all[arguments.length + 2] = home.folder;
        return Ran.command(all);
    }
}

package io.countersign.revocation;

import static io.countersign.revocation.Asking.CRL;
import static io.countersign.revocation.Asking.OCSP;
import static io.countersign.revocation.Asking.SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.testing.Responder;
import io.countersign.testing.RevokedList;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Issued;
import io.countersign.tls.RevocationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** In which order and how long is asked, and what happens where nobody answers. */
class RevocationTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration SOME = Duration.ofSeconds(5);

    private final Asking asking = new Asking();
    private final Certified leaf = asking.leafWithResponder();
    private final Instant now = Instant.now();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        asking.close();
    }

    static Stream<Arguments> troubles() {
        BiConsumer<Responder, String> refuses = (responder, path) -> responder.close();
        BiConsumer<Responder, String> closes = Responder::closesAt;
        BiConsumer<Responder, String> silent = Responder::silentAt;
        BiConsumer<Responder, String> trickles = Responder::tricklesAt;
        BiConsumer<Responder, String> fails = (responder, path) -> responder.answersAt(path, 503);
        BiConsumer<Responder, String> redirects =
                (responder, path) -> responder.answersAt(path, 302, responder.url("/elsewhere"));
        return Stream.of(OCSP, CRL)
                .flatMap(path -> Stream.of(
                        Arguments.of(path, "refuses connections", refuses, "cannot be connected to"),
                        Arguments.of(path, "closes them", closes, "gave no whole answer"),
                        Arguments.of(path, "is silent", silent, "did not answer in time"),
                        Arguments.of(path, "trickles", trickles, "did not answer in time"),
                        Arguments.of(path, "fails", fails, "answers with status 503"),
                        Arguments.of(path, "redirects", redirects, "answers with status 302")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("troubles")
    void waitsNoLongerThanItMayForWhoeverHasTrouble(
            String path, String what, BiConsumer<Responder, String> trouble, String words) {
        Certified shown = path.equals(OCSP) ? leaf : asking.leafWithList();
        trouble.accept(asking.responder, path);

        long start = System.nanoTime();
        asking.refused(asking.hasty, shown)
                .matches(refusal -> !refusal.isRevoked())
                .withMessageContaining(words);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT.plus(SOME));
        assertThat(asking.responder.asked("/elsewhere")).isZero();

        start = System.nanoTime();
        asking.refused(asking.hasty, shown).withMessageContaining(words);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as("again").isLessThan(SHORT);
        int asked = asking.responder.asked(path); // twice, where a request was repeated on a connection that was closed
        assertThat(asked).isLessThanOrEqualTo(2);
        asking.refused(asking.hasty, shown).withMessageContaining(words);
        assertThat(asking.responder.asked(path)).isEqualTo(asked);
        asking.clock.advance(Duration.ofSeconds(31));
        if (!what.startsWith("refuses")) {
            asking.refused(asking.hasty, shown);
            assertThat(asking.responder.asked(path)).as("after a while").isGreaterThan(asked);
        }
    }

    @Test
    void waitsOnceForAllThatItAsks() {
        Certified below = Issue.to("CN=Issuing")
                .asAuthority()
                .ocsp(asking.responder.url("/1"))
                .crl(asking.responder.url("/2"))
                .by(asking.root);
        Certified shown = Issue.to("CN=leaf")
                .ocsp(asking.responder.url("/3"))
                .crl(asking.responder.url("/4"))
                .by(below);
        List.of("/1", "/2", "/3", "/4").forEach(asking.responder::silentAt);
        Revocation allowing = new Revocation(asking.clock, SHORT, true);

        long start = System.nanoTime();
        asking.passes(allowing, shown);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT.plus(Duration.ofMillis(1500)));
        allowing.close();
    }

    @Test
    void keepsNoAnswerThatIsTooLarge() {
        asking.responder.oversizedAt(OCSP, 70 * 1024);
        asking.isUndetermined(leaf, "its answer has more than 65536 bytes");

        asking.responder.oversizedAt(CRL, 21L << 20);
        asking.isUndetermined(asking.leafWithList(), "its answer has more than 20971520 bytes");
    }

    @Test
    void doesNotAskOthersWhomItFoundSilent() {
        asking.responder.silentAt(OCSP);
        asking.refused(asking.hasty, leaf);

        long start = System.nanoTime();
        asking.refused(asking.hasty, asking.leafWithResponder()).withMessageContaining("did not answer in time");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT);
        assertThat(asking.responder.asked(OCSP)).isEqualTo(1);
    }

    @Test
    void asksAboutOneWhereItWasToldNothingAboutAnother() {
        asking.responder.says(OCSP, () -> OcspAnswer.error(6));
        asking.refused(asking.refusing, leaf);

        Certified other = asking.leafWithResponder();
        asking.says(OcspAnswer.good(asking.root, other));
        asking.passes(other);
    }

    @Test
    void asksOnceForAllWhoWait() throws Exception {
        CountDownLatch all = new CountDownLatch(1);
        byte[] good = OcspAnswer.good(asking.root, leaf).bytes();
        asking.responder.says(OCSP, () -> {
            try {
                all.await();
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
            return good;
        });
        ExecutorService threads = Executors.newFixedThreadPool(20);
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(CompletableFuture.runAsync(() -> asking.passes(leaf), threads));
        }
        Awaitility.await().until(() -> asking.responder.asked(OCSP) == 1);
        all.countDown();

        waiting.forEach(CompletableFuture::join);
        assertThat(asking.responder.asked(OCSP)).isEqualTo(1);
        threads.shutdown();
    }

    @Test
    void keepsAnAnswerToItsEndAndAsksAgainBefore() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now, now.plus(Duration.ofMinutes(40))));
        asking.passes(leaf);
        asking.clock.advance(Duration.ofMinutes(20));
        asking.passes(leaf);
        assertThat(asking.responder.asked(OCSP)).isEqualTo(1);

        asking.says(OcspAnswer.good(asking.root, leaf).valid(now.plusSeconds(60), now.plus(HOUR.multipliedBy(9))));
        asking.clock.advance(Duration.ofMinutes(15));
        asking.passes(leaf);
        Awaitility.await().until(() -> asking.responder.asked(OCSP) == 2);
        asking.responder.closesAt(OCSP);
        asking.clock.advance(Duration.ofMinutes(20));
        asking.passes(leaf);
    }

    @Test
    void asksAgainAfterAnHourHoweverLongTheAnswerIsGood() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now, now.plus(HOUR.multipliedBy(9))));
        asking.passes(leaf);

        asking.says(OcspAnswer.revoked(asking.root, leaf));
        asking.clock.advance(HOUR.plusMinutes(1));
        asking.isRevoked(leaf, "key compromise");
    }

    @Test
    void believesAnAnswerToItsEndWhereNobodyGivesANewOne() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now, now.plus(HOUR.multipliedBy(3))));
        asking.passes(leaf);

        asking.responder.closesAt(OCSP);
        asking.clock.advance(HOUR.plusMinutes(1));
        asking.passes(leaf);
        asking.clock.advance(HOUR.multipliedBy(2).plusMinutes(5));
        asking.refused(asking.refusing, leaf).withMessageContaining("gave no whole answer");
    }

    @Test
    void doesNotGoBackToAnOlderAnswer() {
        asking.says(OcspAnswer.revoked(asking.root, leaf).valid(now, now.plus(HOUR)));
        asking.isRevoked(leaf, "key compromise");

        asking.says(OcspAnswer.good(asking.root, leaf).valid(now.minus(HOUR), now.plus(HOUR.multipliedBy(9))));
        asking.clock.advance(HOUR.plusMinutes(1));
        asking.isRevoked(leaf, "key compromise");
        assertThat(asking.responder.asked(OCSP)).isGreaterThan(1);
    }

    @Test
    void doesNotTakeTheAnswerForAnothersOfTheSameNumber() {
        asking.says(OcspAnswer.good(asking.root, leaf));
        asking.passes(leaf);

        Certified otherRoot = Issue.root("CN=Root");
        Certified namesake = Issue.to("CN=leaf")
                .serial(leaf.certificate().getSerialNumber())
                .ocsp(asking.responder.url(OCSP))
                .by(otherRoot);
        List<Issued> path = List.of(new Issued(namesake.certificate(), Authority.of(otherRoot.certificate())));
        assertThatExceptionOfType(RevocationException.class)
                .isThrownBy(() -> asking.refusing.with(asking.lists).check(path, List.of()))
                .withMessageContaining("is about another certificate");
    }

    @Test
    void asksAboutEveryCertificateBelowTheAnchor() {
        Certified below = Issue.to("CN=Issuing")
                .asAuthority()
                .ocsp(asking.responder.url("/root"))
                .by(asking.root);
        Certified shown = Issue.to("CN=leaf").ocsp(asking.responder.url(OCSP)).by(below);
        asking.says(OcspAnswer.good(below, shown));
        asking.responder.says("/root", () -> OcspAnswer.good(asking.root, below).bytes());
        asking.passes(shown);

        Certified revoked = Issue.to("CN=Issuing")
                .asAuthority()
                .ocsp(asking.responder.url("/root"))
                .by(asking.root);
        Certified beneath = Issue.to("CN=leaf").by(revoked);
        asking.responder.says(
                "/root", () -> OcspAnswer.revoked(asking.root, revoked).bytes());
        asking.isRevoked(beneath, "certificate 'CN=Issuing' is revoked since");
    }

    @Test
    void asksNobodyWhereThereIsNobodyToAsk() {
        asking.passes(Issue.to("CN=leaf").by(asking.root));
    }

    @Test
    void asksListsInFilesFirst() throws Exception {
        Certified revoked = asking.leafWithResponder();
        Files.writeString(
                folder.resolve("list.pem"), RevokedList.of(asking.root, revoked).pem());
        asking.lists = RevocationLists.read(folder);

        asking.passes(leaf);
        asking.isRevoked(revoked, "says revocation list " + folder.resolve("list.pem"));
        assertThat(asking.responder.asked(OCSP)).isZero();
    }

    @Test
    void asksOnWhereTheListInTheFileIsOld() throws Exception {
        Certified revoked = asking.leafWithResponder();
        RevokedList old = RevokedList.of(asking.root, revoked).valid(now.minus(HOUR), now.minusSeconds(60));
        Files.writeString(folder.resolve("list.pem"), old.pem());
        asking.lists = RevocationLists.read(folder);
        asking.says(OcspAnswer.good(asking.root, leaf));

        asking.passes(leaf);
        asking.isRevoked(revoked, "says revocation list");
        asking.isUndetermined(Issue.to("CN=leaf").by(asking.root), "should have been replaced on");
    }

    @Test
    void doesNotMindTheListOfANamesake() throws Exception {
        Certified shown = Issue.to("CN=leaf").by(asking.root);
        Files.writeString(
                folder.resolve("list.pem"),
                RevokedList.of(Issue.root("CN=Root"), shown).pem());
        asking.lists = RevocationLists.read(folder);

        asking.passes(shown);
    }

    @Test
    void takesAStapledAnswerBeforeItAsks() {
        byte[] other = OcspAnswer.good(asking.root, asking.leaf()).bytes();
        asking.passes(
                leaf,
                other,
                new byte[0],
                OcspAnswer.good(asking.root, leaf).withSha256().bytes());
        Certified revoked = asking.leafWithResponder();
        asking.isRevoked(
                revoked,
                "says stapled OCSP answer",
                OcspAnswer.revoked(asking.root, revoked).bytes());
        assertThat(asking.responder.asked(OCSP)).isZero();
        asking.says(OcspAnswer.good(asking.root, leaf));
        asking.passes(leaf, new byte[] {1, 2, 3});
    }

    @Test
    void warnsOfTheSameOnce() {
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        ((Logger) LoggerFactory.getLogger("countersign.revocation")).addAppender(told);
        asking.responder.closesAt(OCSP);
        for (int i = 0; i < 3; i++) {
            asking.passes(asking.allowing, leaf);
        }
        assertThat(told.list).hasSize(1);
        assertThat(told.list.get(0).getFormattedMessage())
                .contains("nobody says that certificate 'CN=leaf' is not revoked", leaf.fingerprint());

        asking.responder.answersAt(OCSP, 503);
        asking.clock.advance(Duration.ofSeconds(31));
        asking.passes(asking.allowing, leaf);
        assertThat(told.list).hasSize(2);
        ((Logger) LoggerFactory.getLogger("countersign.revocation")).detachAppender(told);
    }

    @Test
    void endsItsThreadsAndFailsClosed() {
        asking.says(OcspAnswer.good(asking.root, leaf));
        asking.passes(leaf);
        asking.refusing.close();

        asking.refused(asking.refusing, asking.leafWithResponder()).withMessageContaining("is not asked");
    }
}

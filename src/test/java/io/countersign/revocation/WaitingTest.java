package io.countersign.revocation;

import static io.countersign.revocation.Asking.CRL;
import static io.countersign.revocation.Asking.OCSP;
import static io.countersign.revocation.Asking.SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.testing.Responder;
import java.time.Duration;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How long is waited, and how often asked, where nobody answers. */
class WaitingTest {
    private static final Duration SOME = Duration.ofSeconds(5);

    private final Asking asking = new Asking();
    private final Certified leaf = asking.leafWithResponder();

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
    void endsItsThreadsAndFailsClosed() {
        asking.says(OcspAnswer.good(asking.root, leaf));
        asking.passes(leaf);
        asking.refusing.close();

        asking.refused(asking.refusing, asking.leafWithResponder()).withMessageContaining("is not asked");
        asking.close();
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("revocation")));
    }
}

package io.countersign.revocation;

import static io.countersign.revocation.Asking.OCSP;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.testing.RevokedList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** In which order is asked, and about what. */
class RevocationTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Asking asking = new Asking();
    private final Certified leaf = asking.leafWithResponder();
    private final Instant now = Instant.now();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        asking.close();
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
}

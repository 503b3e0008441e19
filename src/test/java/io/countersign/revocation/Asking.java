package io.countersign.revocation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.testing.Responder;
import io.countersign.testing.RevokedList;
import io.countersign.testing.SettableClock;
import io.countersign.tls.Authorities;
import io.countersign.tls.CertificationPath;
import io.countersign.tls.Issued;
import io.countersign.tls.RevocationException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssertAlternative;

/** An authority with a web server, and somebody who asks it about certificates. */
final class Asking implements AutoCloseable {
    /** Long enough for whoever answers at all. */
    private static final Duration WAIT = Duration.ofSeconds(20);

    /** For what does not. */
    static final Duration SHORT = Duration.ofSeconds(2);

    static final String OCSP = "/ocsp";
    static final String CRL = "/list.crl";

    final Certified root = Issue.root("CN=Root");
    final Responder responder = Responder.start();
    final SettableClock clock = new SettableClock();
    final Revocation refusing = new Revocation(clock, WAIT, false);
    final Revocation allowing = new Revocation(clock, WAIT, true);
    final Revocation hasty = new Revocation(clock, SHORT, false);
    RevocationLists lists = RevocationLists.none();

    /** Names both the responder and the distribution point. */
    Certified leaf() {
        return Issue.to("CN=leaf")
                .ocsp(responder.url(OCSP))
                .crl(responder.url(CRL))
                .by(root);
    }

    Certified leafWithResponder() {
        return Issue.to("CN=leaf").ocsp(responder.url(OCSP)).by(root);
    }

    Certified leafWithList() {
        return Issue.to("CN=leaf").crl(responder.url(CRL)).by(root);
    }

    void says(OcspAnswer answer) {
        responder.says(OCSP, answer::bytes);
    }

    void says(RevokedList list) {
        responder.says(CRL, list::bytes);
    }

    List<Issued> path(Certified shown) {
        try {
            return CertificationPath.build(shown.chain(), Authorities.of(root.chain()), clock.instant())
                    .issued();
        } catch (CertificateException broken) {
            throw new IllegalStateException(broken);
        }
    }

    void passes(Certified shown, byte[]... stapled) {
        passes(refusing, shown, stapled);
    }

    void passes(Revocation revocation, Certified shown, byte[]... stapled) {
        assertThatCode(() -> revocation.with(lists).check(path(shown), List.of(stapled)))
                .doesNotThrowAnyException();
    }

    void isRevoked(Certified shown, String words, byte[]... stapled) {
        refused(refusing, shown, stapled)
                .matches(RevocationException::isRevoked)
                .withMessageContaining(words);
        refused(allowing, shown, stapled).matches(RevocationException::isRevoked);
    }

    /** Passes where that is allowed. */
    void isUndetermined(Certified shown, String words, byte[]... stapled) {
        refused(refusing, shown, stapled)
                .matches(refusal -> !refusal.isRevoked())
                .withMessageContaining(words);
        passes(allowing, shown, stapled);
    }

    ThrowableAssertAlternative<RevocationException> refused(Revocation revocation, Certified shown, byte[]... stapled) {
        return assertThatExceptionOfType(RevocationException.class)
                .isThrownBy(() -> revocation.with(lists).check(path(shown), List.of(stapled)));
    }

    @Override
    public void close() {
        refusing.close();
        allowing.close();
        hasty.close();
        responder.close();
    }
}

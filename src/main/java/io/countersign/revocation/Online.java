package io.countersign.revocation;

import io.countersign.revocation.Answers.Told;
import io.countersign.revocation.Finding.Verdict;
import io.countersign.text.OneLine;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Issued;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * Responders and distribution points. What they say is verified once, when it comes, by the key of the issuer for whom it is
 * kept, so that it can serve no other's certificates.
 */
final class Online implements AutoCloseable {
    private static final int LARGEST_ANSWER = 64 * 1024;
    private static final int LARGEST_LIST = 20 * 1024 * 1024;
    private static final int MOST_ANSWERS = 20_000;
    private static final int MOST_LISTS = 500;
    private static final long MOST_LISTS_BYTES = 2L * LARGEST_LIST;
    private static final int THREADS = 16;

    private final Clock clock;
    private final Fetching fetching;
    private final Threads threads = new Threads("revocation", THREADS);
    private final Answers<Question, Finding> answers;
    private final Answers<Point, RevocationList> lists;

    private record Question(URI responder, Authority issuer, BigInteger serial) {}

    private record Point(URI url, Authority issuer) {}

    Online(Clock clock, Duration wait) {
        this.clock = clock;
        // A little less, so that who waits is told why, and whoever asks next need not wait for the same.
        this.fetching = new Fetching(clock, wait.multipliedBy(9).dividedBy(10));
        this.answers = new Answers<>(clock, threads, new OfAnswer(), MOST_ANSWERS, Long.MAX_VALUE, answer -> 0);
        this.lists = new Answers<>(clock, threads, new OfList(), MOST_LISTS, MOST_LISTS_BYTES, RevocationList::size);
    }

    /** Begins to ask a responder, or for a list where there is none, without waiting. */
    void begin(Issued issued, Sources sources) {
        if (!sources.responders().isEmpty()) {
            URI url = sources.responders().get(0);
            answers.ask(question(url, issued), () -> ask(url, issued));
        } else if (!sources.lists().isEmpty()) {
            URI url = sources.lists().get(0);
            lists.ask(new Point(url, issued.issuer()), () -> fetch(url, issued.issuer()));
        }
    }

    Finding responder(URI url, Issued issued, long nanos) {
        Told<Finding> told = answers.get(question(url, issued), () -> ask(url, issued), nanos);
        Finding answer = told.answer();
        if (answer == null) {
            return Finding.nothing(name(url), told.failure());
        }
        // Past its end it was asked for anew: this one has just come, or nobody gives another.
        return answer.is(Verdict.REVOKED)
                        || !clock.instant().isAfter(answer.until().plus(RevocationList.ALLOWANCE))
                ? answer
                : Finding.nothing(name(url), told.failure().isEmpty() ? "its answer has ended" : told.failure());
    }

    Finding list(URI url, Issued issued, Set<GeneralName> points, long nanos) {
        Told<RevocationList> told =
                lists.get(new Point(url, issued.issuer()), () -> fetch(url, issued.issuer()), nanos);
        RevocationList list = told.answer();
        if (list == null) {
            return Finding.nothing("revocation list " + printable(url), told.failure());
        }
        Finding finding = list.finding(issued, points, clock.instant());
        return finding.is(Verdict.NOTHING) && !told.failure().isEmpty()
                ? Finding.nothing(finding.source(), finding.words() + ", and " + told.failure())
                : finding;
    }

    private Finding ask(URI url, Issued issued) throws IOException {
        byte[] answer = fetching.fetch(url, Ocsp.request(issued), LARGEST_ANSWER);
        Finding finding = Ocsp.read(answer, issued, name(url), clock.instant());
        if (finding.is(Verdict.NOTHING)) {
            throw new IOException(finding.words());
        }
        return finding;
    }

    private RevocationList fetch(URI url, Authority issuer) throws IOException {
        X509CRL crl = parsed(fetching.fetch(url, null, LARGEST_LIST));
        try {
            RevocationList list = RevocationList.of(printable(url), crl);
            if (!list.isSignedBy(issuer)) {
                throw new IOException("is not signed by the issuer");
            }
            return list;
        } catch (CRLException unusable) {
            throw new IOException(unusable.getMessage(), unusable);
        }
    }

    private static X509CRL parsed(byte[] content) throws IOException {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(content));
        } catch (CRLException unreadable) {
            throw new IOException("cannot be read as a revocation list", unreadable);
        } catch (CertificateException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static Question question(URI url, Issued issued) {
        return new Question(url, issued.issuer(), issued.certificate().getSerialNumber());
    }

    private static String name(URI url) {
        return "OCSP responder " + printable(url);
    }

    private static String printable(URI url) {
        return OneLine.printable(url.toString());
    }

    @Override
    public void close() {
        threads.close();
        fetching.close();
    }

    private static final class OfAnswer implements Answers.Dates<Finding> {
        /** What is revoked is believed at once, whatever the dates. */
        @Override
        public boolean replaces(Finding loaded, Finding before) {
            return loaded.is(Verdict.REVOKED) || !loaded.from().isBefore(before.from());
        }

        /** Who does not know a certificate may learn of it at any time. */
        @Override
        public Instant until(Finding answer) {
            return answer.is(Verdict.UNKNOWN) ? answer.from() : answer.until();
        }
    }

    private static final class OfList implements Answers.Dates<RevocationList> {
        @Override
        public boolean replaces(RevocationList loaded, RevocationList before) {
            return !loaded.thisUpdate().isBefore(before.thisUpdate());
        }

        @Override
        public Instant until(RevocationList list) {
            Instant next = list.nextUpdate();
            return next == null ? list.thisUpdate() : next;
        }
    }
}

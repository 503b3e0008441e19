package io.countersign.revocation;

import io.countersign.revocation.Finding.Verdict;
import io.countersign.tls.Certificates;
import io.countersign.tls.Issued;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is found out about one certificate, source after source, until one of them says something that settles it. */
final class Inquiry {
    private final Issued issued;
    private final Sources sources;
    private final List<Finding> found = new ArrayList<>();

    Inquiry(Issued issued, Sources sources) {
        this.issued = issued;
        this.sources = sources;
        if (sources.unreadable() != null) {
            found.add(Finding.nothing("the certificate", sources.unreadable()));
        }
    }

    /** What is here already: lists in files, and answers that came with the certificate. */
    void lookAt(RevocationLists lists, List<byte[]> stapled, Instant now) {
        for (RevocationList list : lists.of(issued.issuer())) {
            if (list.isAbout(issued.certificate())) {
                found.add(list.finding(issued, sources.points(), now));
            }
        }
        for (byte[] answer : stapled) {
            if (!isSettled() && answer.length > 0) {
                Finding finding = Ocsp.read(answer, issued, "stapled OCSP answer", now);
                if (!finding.words().equals(Ocsp.ABOUT_ANOTHER)) {
                    found.add(finding);
                }
            }
        }
    }

    void begin(Online online) {
        online.begin(issued, sources);
    }

    /**
     * Asks whom the certificate names. Who is asked first has half of the time, if there is somebody else.
     *
     * @param end of the time, as {@link System#nanoTime}
     */
    void ask(Online online, long end) {
        int left = sources.responders().size() + sources.lists().size();
        for (URI responder : sources.responders()) {
            if (!isSettled()) {
                found.add(online.responder(responder, issued, share(end, left--)));
            }
        }
        for (URI list : sources.lists()) {
            if (!isSettled()) {
                found.add(online.list(list, issued, sources.points(), share(end, left--)));
            }
        }
    }

    private static long share(long end, int left) {
        long nanos = end - System.nanoTime();
        return left > 1 ? nanos / 2 : nanos;
    }

    boolean isSettled() {
        return found.stream().anyMatch(finding -> finding.is(Verdict.GOOD) || finding.is(Verdict.REVOKED));
    }

    Optional<Finding> revoked() {
        return found.stream().filter(finding -> finding.is(Verdict.REVOKED)).findFirst();
    }

    /** Whether there is anybody to ask, and nobody says that it is good. */
    boolean isUndetermined() {
        return !found.isEmpty() && !isSettled();
    }

    /** Whether it is undetermined because who speaks for the issuer does not know the certificate. */
    boolean isUnknown() {
        return isUndetermined() && found.stream().anyMatch(finding -> finding.is(Verdict.UNKNOWN));
    }

    Issued issued() {
        return issued;
    }

    String name() {
        return "certificate " + Certificates.name(issued.certificate());
    }

    /** What each source said. */
    String findings() {
        return found.stream().map(Finding::toString).collect(Collectors.joining("; "));
    }
}

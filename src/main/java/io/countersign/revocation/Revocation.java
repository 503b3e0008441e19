package io.countersign.revocation;

import io.countersign.kept.Kept;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Certificates;
import io.countersign.tls.Issued;
import io.countersign.tls.RevocationCheck;
import io.countersign.tls.RevocationException;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks of every certificate of a path whether it has been revoked, in this order, until one source says so or says that it
 * is good: lists in files, answers stapled to the handshake, the OCSP responders that the certificate names, and its
 * distribution points. A certificate that has none of them is not asked about.
 *
 * <p>Fails closed: what nobody says to be good is refused, unless the operator allows it; what the issuer's own responder
 * does not know is refused even then. No check takes longer than its bounded time in all, and one whose answers are kept takes
 * a few look-ups.
 */
public final class Revocation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.revocation");
    private static final int MOST_REMEMBERED = 20_000;

    private final Clock clock;
    private final Duration wait;
    private final boolean allowUnknown;
    private final Online online;
    private final Kept<Numbered, Sources> sources = new Kept<>(MOST_REMEMBERED);
    private final Kept<Numbered, String> warned = new Kept<>(MOST_REMEMBERED);

    private record Numbered(Authority issuer, BigInteger serial) {
        static Numbered of(Issued issued) {
            return new Numbered(issued.issuer(), issued.certificate().getSerialNumber());
        }
    }

    /** The lists that go with it at one moment; equal only where both are the same. */
    private record WithLists(Revocation revocation, RevocationLists lists) implements RevocationCheck {
        @Override
        public void check(List<Issued> path, List<byte[]> stapled) throws RevocationException {
            revocation.check(path, lists, stapled);
        }
    }

    /**
     * @param clock by which answers are fresh or not
     * @param wait the longest that one check may take
     * @param allowUnknown whether that of which nobody says anything passes, with a warning
     */
    public Revocation(Clock clock, Duration wait, boolean allowUnknown) {
        this.clock = clock;
        this.wait = wait;
        this.allowUnknown = allowUnknown;
        this.online = new Online(clock, wait);
    }

    public RevocationCheck with(RevocationLists lists) {
        return new WithLists(this, lists);
    }

    private void check(List<Issued> path, RevocationLists lists, List<byte[]> stapled) throws RevocationException {
        long end = System.nanoTime() + wait.toNanos();
        List<Inquiry> open = new ArrayList<>();
        for (Issued issued : path) {
            Inquiry inquiry =
                    new Inquiry(issued, sources.get(Numbered.of(issued), () -> Sources.of(issued.certificate())));
            inquiry.lookAt(lists, stapled, clock.instant());
            if (inquiry.isSettled()) {
                judge(inquiry);
            } else {
                inquiry.begin(online);
                open.add(inquiry);
            }
        }
        for (Inquiry inquiry : open) {
            inquiry.ask(online, end);
            judge(inquiry);
        }
    }

    private void judge(Inquiry inquiry) throws RevocationException {
        if (inquiry.revoked().isPresent()) {
            Finding finding = inquiry.revoked().get();
            throw RevocationException.revoked(inquiry.name() + " is " + finding.words() + ", says " + finding.source());
        }
        if (!inquiry.isUndetermined()) {
            warned.remove(Numbered.of(inquiry.issued()));
            return;
        }
        String what = "nobody says that " + inquiry.name() + " is not revoked: " + inquiry.findings();
        if (!allowUnknown || inquiry.isUnknown()) {
            throw RevocationException.undetermined(what);
        }
        String before = warned.get(Numbered.of(inquiry.issued()));
        if (!what.equals(before)) {
            warned.put(Numbered.of(inquiry.issued()), what);
            LOG.warn(
                    "{}; it passes all the same (countersign.revocation-unknown), fingerprint {}",
                    what,
                    Certificates.fingerprint(inquiry.issued().certificate()));
        }
    }

    /** Ends what is under way; what is not kept already is not found out any more. */
    @Override
    public void close() {
        online.close();
    }
}

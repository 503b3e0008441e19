package io.countersign.listener;

import io.countersign.settings.LimitTerms;
import java.time.Duration;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/** How far the requests of a connection have come, as one who looks now and then sees it. Not for several threads. */
final class Pace {
    private enum At {
        IDLE,
        HEADER,
        REQUEST
    }

    private At at = At.IDLE;
    private long requests = -1;
    private long since;
    private long windowBegan;
    private long windowBytes;
    private long looked;
    private long waited;
    private volatile @Nullable Long idleSince;

    /** What has taken too long. */
    enum Fault {
        NONE,
        IDLE,
        HEADER,
        BODY,
        REQUEST
    }

    /** Since when nothing was asked, a {@link System#nanoTime}; none while something is. */
    @Nullable
    Long idleSince() {
        return idleSince;
    }

    /** Bytes of the body that came in the last window. */
    String told(LimitTerms terms) {
        return "fewer than " + terms.bytesPerSecond() + " bytes a second have come of it in "
                + terms.idle().toSeconds() + " s";
    }

    /** @param waits whether we wait for what the caller sends */
    Fault look(HttpConnection http, boolean waits, LimitTerms terms, long now) {
        At found = http.getParser().isStart() ? At.IDLE : http.getParser().inHeaderState() ? At.HEADER : At.REQUEST;
        if (found != at || http.getMessagesIn() != requests) {
            at = found;
            requests = http.getMessagesIn();
            since = now;
            begin(http, now);
        }
        idleSince = at == At.IDLE ? since : null;
        // What we take long to write down is not the caller's fault.
        waited += waits ? now - looked : 0;
        looked = now;
        return switch (at) {
            case IDLE -> isOver(now - since, terms.idle()) ? Fault.IDLE : Fault.NONE;
            case HEADER -> isOver(now - since, terms.header()) ? Fault.HEADER : Fault.NONE;
            case REQUEST -> isOver(now - since, terms.request()) ? Fault.REQUEST : body(http, terms, now);
        };
    }

    private Fault body(HttpConnection http, LimitTerms terms, long now) {
        if (!isOver(now - windowBegan, terms.idle())) {
            return Fault.NONE;
        }
        double seconds = waited / 1e9;
        boolean slow =
                isOver(waited * 2, terms.idle()) && http.getBytesIn() - windowBytes < terms.bytesPerSecond() * seconds;
        begin(http, now);
        return slow ? Fault.BODY : Fault.NONE;
    }

    private void begin(HttpConnection http, long now) {
        windowBegan = now;
        windowBytes = http.getBytesIn();
        looked = now;
        waited = 0;
    }

    private static boolean isOver(long nanos, Duration limit) {
        return nanos > limit.toNanos();
    }
}

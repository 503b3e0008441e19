package io.countersign.refusal;

import io.countersign.refusal.Refusals.Caller;
import org.jspecify.annotations.Nullable;

/** Among whom somebody who is refused has room to be seen: each has its own, so that one cannot drive out the others. */
enum Crowd {
    PARTNER(60, Integer.MAX_VALUE),
    /** Whoever has shown a certificate that is nearly a partner's. */
    NEARLY_PARTNER(30, 120),
    CERTIFICATE(30, 120),
    /** Whoever has begun a handshake, and shown no certificate. */
    HANDSHAKE(20, 120),
    /** Whatever speaks no TLS. */
    NOISE(10, 60);

    /** How many new things of one source are listed one by one in a minute, and of all. */
    private final int ofOne;

    private final int ofAll;

    Crowd(int ofOne, int ofAll) {
        this.ofOne = ofOne;
        this.ofAll = ofAll;
    }

    int ofOne() {
        return ofOne;
    }

    int ofAll() {
        return ofAll;
    }

    static Crowd of(Caller caller, Shown shown, @Nullable Nearest nearest) {
        if (!caller.partner().equals(Caller.UNKNOWN)) {
            return PARTNER;
        }
        if (!caller.certificate().equals(Caller.UNKNOWN)) {
            return nearest == null ? CERTIFICATE : NEARLY_PARTNER;
        }
        return shown.tls() == null ? NOISE : HANDSHAKE;
    }
}

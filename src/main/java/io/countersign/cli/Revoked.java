package io.countersign.cli;

import io.countersign.revocation.Revocation;
import io.countersign.settings.RevocationTerms;
import io.countersign.settings.Settings;
import java.time.Clock;

/** What the settings say of revoked certificates. */
final class Revoked {
    private Revoked() {}

    static Revocation check(Settings settings, Clock clock) {
        RevocationTerms terms = RevocationTerms.of(settings);
        return new Revocation(clock, terms.longestWait(), terms.allowUnknown());
    }
}

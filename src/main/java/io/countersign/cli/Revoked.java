package io.countersign.cli;

import io.countersign.revocation.Revocation;
import io.countersign.revocation.RevocationLists;
import io.countersign.settings.Problems;
import io.countersign.settings.RevocationTerms;
import io.countersign.settings.Settings;
import io.countersign.tls.KeyMaterialException;
import java.nio.file.InvalidPathException;
import java.time.Clock;

/** What the settings say of revoked certificates. */
final class Revoked {
    private Revoked() {}

    static Revocation check(Settings settings, Clock clock) {
        RevocationTerms terms = RevocationTerms.of(settings);
        return new Revocation(clock, terms.longestWait(), terms.allowUnknown());
    }

    /** The lists that stand beside the authorities. */
    static RevocationLists lists(Settings settings, Problems problems) {
        if (settings.get("countersign.trust").isBlank()) {
            return RevocationLists.none();
        }
        try {
            return RevocationLists.read(settings.path("countersign.trust"));
        } catch (KeyMaterialException | InvalidPathException unusable) {
            problems.add(settings.where("countersign.trust"), String.valueOf(unusable.getMessage()));
            return RevocationLists.none();
        }
    }
}

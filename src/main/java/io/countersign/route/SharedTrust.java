package io.countersign.route;

import io.countersign.revocation.Revocation;
import io.countersign.revocation.RevocationLists;
import io.countersign.settings.Settings;
import io.countersign.tls.Authorities;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.Reading;
import io.countersign.tls.SampleCertificates;
import java.nio.file.Path;
import java.util.List;

/** The authorities and revocation lists of {@code countersign.trust}, a file or a folder, and whether it holds others now. */
final class SharedTrust {
    private final Settings settings;
    private final Revocation revocation;
    private Reading reading = new Reading();
    private Reading latest = reading;
    private boolean refused;

    SharedTrust(Settings settings, Revocation revocation) {
        this.settings = settings;
        this.revocation = revocation;
    }

    /** @throws KeyMaterialException where something in it cannot be used */
    Trusted read() throws KeyMaterialException {
        Path trust = settings.path("countersign.trust");
        latest = new Reading();
        Authorities authorities = Authorities.read(trust, latest);
        if (!settings.isLoopback() && authorities.certificates().stream().anyMatch(SampleCertificates::isSample)) {
            throw new KeyMaterialException(
                    trust,
                    "holds a sample authority, whose key everybody has; it is for loopback only, and "
                            + settings.get("countersign.host") + " is not");
        }
        RevocationLists lists = RevocationLists.read(trust);
        return new Trusted(authorities, lists, revocation.with(lists));
    }

    /** Nobody is under it. */
    Trusted nothing() {
        return new Trusted(Authorities.of(List.of()), RevocationLists.none(), revocation.with(RevocationLists.none()));
    }

    /** Whether it holds something else than what was used or refused last, and is not being written. */
    boolean hasChanged() {
        return reading.hasSettledOtherwise();
    }

    /** What was last read is in force. */
    void use() {
        reading = latest;
        refused = false;
    }

    /** What was last read does not come into force. */
    void refuse() {
        reading = latest;
        refused = true;
    }

    boolean isRefused() {
        return refused;
    }
}

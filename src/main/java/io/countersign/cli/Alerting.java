package io.countersign.cli;

import io.countersign.alert.Alert;
import io.countersign.alert.Alert.Kind;
import io.countersign.alert.Alerts;
import io.countersign.ledger.Ledger;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.Refusals.Refused;
import io.countersign.send.Attempts.Unsent;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes alerts of what the parts of a service tell: which of it is one, and what is the same again. */
final class Alerting {
    private static final String NOBODY = "-";
    private static final int MANY_ATTEMPTS = 10;
    private static final long LITTLE_ROOM = 1_000_000_000;
    private static final int LITTLE_SHARE = 20;

    private final Alerts alerts;

    Alerting(Alerts alerts) {
        this.alerts = alerts;
    }

    /** Whoever is no partner may call from any number of addresses, with any number of certificates: that is one alert a code. */
    void refused(Refused refused) {
        Caller caller = refused.caller();
        boolean full = refused.code().equals(Code.STORAGE_FULL.toString());
        String partner = caller.partner().equals(NOBODY) ? "" : caller.partner();
        String about = partner.isEmpty() ? "" : caller.address();
        alerts.tell(new Alert(
                refused.at(),
                full ? Kind.FULL : Kind.REFUSED,
                partner,
                refused.code(),
                full ? "" : about,
                "refused " + refused.code() + ": " + (partner.isEmpty() ? "somebody" : partner) + " from "
                        + caller.address() + ": " + refused.reason(),
                Map.of(
                        "address", caller.address(),
                        "certificate", caller.certificate(),
                        "reason", refused.reason(),
                        "instance", refused.id())));
    }

    /** That a file waits is one only once it has been tried often; then it is its partner's, whichever file comes next. */
    void unsent(Unsent unsent) {
        Instant next = unsent.next();
        if (next != null && unsent.attempts() < MANY_ATTEMPTS) {
            return;
        }
        Map<String, Object> details = new TreeMap<>(Map.of(
                "path", unsent.path(),
                "id", unsent.key(),
                "attempts", unsent.attempts(),
                "reason", unsent.reason()));
        if (next != null) {
            details.put("next", next.toString());
        }
        String what = next == null
                ? unsent.path() + " failed, and is in failed/" + unsent.partner()
                : "nothing reaches " + unsent.partner() + ", after " + unsent.attempts() + " attempts at "
                        + unsent.path();
        alerts.tell(new Alert(
                now(),
                Kind.FAILED,
                unsent.partner(),
                unsent.code(),
                next == null ? unsent.path() : "waiting",
                what + ": " + unsent.code() + ": " + unsent.reason(),
                details));
    }

    void expiring(String owner, String text) {
        alerts.tell(new Alert(now(), Kind.EXPIRING, owner, "", text, text, Map.of()));
    }

    void notInForce(String file, List<String> why) {
        String text = "changed and not in force: " + String.join("; ", why);
        alerts.tell(new Alert(now(), Kind.CHANGED_NOT_IN_FORCE, "", "", file, text, Map.of("file", file)));
    }

    /** What nobody tells by himself. */
    void look(Ledger ledger, Path data) {
        ledger.trouble().ifPresent(why -> alerts.tell(new Alert(now(), Kind.LEDGER, "", "", "", why, Map.of())));
        try {
            FileStore disk = Files.getFileStore(data);
            long left = disk.getUsableSpace();
            if (left < LITTLE_ROOM || left < disk.getTotalSpace() / LITTLE_SHARE) {
                String text = "the disk of " + data + " has " + left / 1_000_000 + " MB left";
                alerts.tell(new Alert(now(), Kind.FULL, "", "disk", "", text, Map.of("left", left)));
            }
        } catch (IOException unseen) {
            String text = data + " cannot be looked at: " + unseen;
            alerts.tell(new Alert(now(), Kind.FULL, "", "disk", "", text, Map.of()));
        }
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }
}

package io.countersign.limbo;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certification path and what is to become of it, as x509-limbo has it.
 *
 * @param isServer whether a server shows it, else a client
 * @param trusted PEM, each
 * @param intermediates PEM, each
 * @param certificate PEM
 * @param key PEM (SEC1 or PKCS#1); none where nobody has it
 * @param at when it is to be judged; none stands for now
 * @param host that was dialled; empty where none is to be compared
 * @param emails that a client's certificate is to name
 * @param lists PEM, each
 */
record Case(
        String id,
        boolean isServer,
        boolean isGood,
        List<String> trusted,
        List<String> intermediates,
        String certificate,
        @Nullable String key,
        @Nullable Instant at,
        String host,
        List<String> emails,
        List<String> lists) {
    /** Whether it can be shown to a running service, which judges by its own clock. */
    boolean isLive() {
        return key != null && at == null;
    }

    /** What is shown, the owner's certificate first. */
    String shown() {
        return certificate + String.join("", intermediates);
    }

    @Override
    public String toString() {
        return id;
    }
}

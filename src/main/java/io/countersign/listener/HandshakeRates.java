package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.kept.Allowance;
import io.countersign.kept.Kept;
import io.countersign.settings.LimitTerms;
import java.net.InetAddress;
import java.time.Duration;

/**
 * How many handshakes may begin that come to nothing, since each costs more than anything else that a stranger can ask for. One
 * that shows a genuine certificate does not count; and whoever has done so lately has only the limit of its own address, so
 * that strangers, however many, keep no partner out.
 */
final class HandshakeRates {
    private static final Duration AVERAGED = Duration.ofSeconds(10);
    private static final int SOURCES = 10_000;

    private final int fromOneInAll;
    private final Allowance all;
    private final Kept<String, Allowance> bySource = new Kept<>(SOURCES);
    private final Kept<String, Boolean> genuine = new Kept<>(SOURCES);

    HandshakeRates(LimitTerms terms) {
        fromOneInAll = terms.handshakesFromOne();
        all = new Allowance(terms.handshakes() * AVERAGED.toSeconds(), AVERAGED, System.nanoTime());
    }

    /** @return whether it may begin; where not, {@link #tooMany} says why */
    boolean begins(InetAddress caller) {
        String source = Addresses.source(caller);
        long now = System.nanoTime();
        return (caller.isLoopbackAddress() || of(source).take(now)) && (genuine.get(source) != null || all.take(now));
    }

    /** It has shown a certificate that is genuine. */
    void succeeded(InetAddress caller) {
        String source = Addresses.source(caller);
        of(source).giveBack();
        if (genuine.get(source) == null) {
            genuine.put(source, true);
            all.giveBack();
        }
    }

    static String tooMany() {
        return "too many handshakes come to nothing; accepted: as many as countersign.max-handshakes-per-second and"
                + " -per-second-per-address say";
    }

    private Allowance of(String source) {
        return bySource.get(
                source, () -> new Allowance(fromOneInAll * AVERAGED.toSeconds(), AVERAGED, System.nanoTime()));
    }
}

package io.countersign.doctor;

import io.countersign.address.Addresses;
import io.countersign.doctor.Finding.Mark;
import io.countersign.doctor.Network.Tried;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where the server is, and whether it can be connected to there. */
final class Reach {
    private final Call call;
    private final Patience patience;
    private List<InetAddress> addresses = List.of();
    private @Nullable Network reached;

    Reach(Call call, Patience patience) {
        this.call = call;
        this.patience = patience;
    }

    Finding name(CallCheck.Lookup lookup) {
        String step = "name";
        try {
            addresses = List.of(inTime(lookup, call.host(), patience.connect()));
        } catch (UnknownHostException unknown) {
            return Finding.failed(step, call.host() + " has no address that counts", cause(unknown));
        } catch (TimeoutException late) {
            return Finding.failed(
                    step,
                    "nobody says where " + call.host() + " is within " + Patience.seconds(patience.connect()),
                    new Cause(
                            "the name servers of this machine do not answer",
                            "we: look at the machine's name servers (/etc/resolv.conf), and at countersign.dns-servers"));
        }
        long ipv4 = addresses.stream().filter(Inet4Address.class::isInstance).count();
        String where = addresses.stream().map(Addresses::format).collect(Collectors.joining(", "));
        return Finding.ok(
                step,
                call.host() + " is " + where
                        + (isAddress(call.host())
                                ? ", as the url says"
                                : " (" + ipv4 + " IPv4, " + (addresses.size() - ipv4) + " IPv6)")
                        + (call.terms().addresses().any()
                                ? ""
                                : ", within its serverAddresses " + call.terms().addresses()));
    }

    static boolean isAddress(String host) {
        try {
            return Addresses.parse(host).getAddress().length > 0;
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    private Cause cause(UnknownHostException unknown) {
        String message = String.valueOf(unknown.getMessage());
        if (message.contains("serverAddresses")) {
            return new Cause(
                    message,
                    "ask the partner by another way whether its server has moved; if so, we change serverAddresses in its"
                            + " file, and if not, somebody leads its name elsewhere");
        }
        if (!call.terms().addresses().any()) {
            return new Cause(
                    message,
                    "compare the host of the url with what the partner says, and look at countersign.dns-servers");
        }
        return new Cause(
                "the name " + call.host() + " does not exist, or no name server of this machine knows it",
                "compare the host of the url with what the partner says; if it is right, look at the name servers of this"
                        + " machine (/etc/resolv.conf, /etc/hosts)");
    }

    /** The system's own look-up has no limit. */
    private static InetAddress[] inTime(CallCheck.Lookup lookup, String host, Duration wait)
            throws UnknownHostException, TimeoutException {
        CompletableFuture<InetAddress[]> asked = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        asked.complete(lookup.resolve(host));
                    } catch (UnknownHostException | RuntimeException failed) {
                        asked.completeExceptionally(failed);
                    }
                },
                "doctor-name");
        thread.setDaemon(true);
        thread.start();
        try {
            return asked.get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException("interrupted");
        }
    }

    Finding connect() {
        List<Tried> tried = new ArrayList<>();
        for (InetAddress address : addresses) {
            Network network = new Network(new InetSocketAddress(address, call.port()), patience);
            Tried one = network.tried();
            tried.add(one);
            if (one.worked() && reached == null) {
                reached = network;
            }
        }
        String seen = "port " + call.port() + ": "
                + tried.stream().map(Tried::toString).collect(Collectors.joining("; "));
        List<Tried> failed = tried.stream().filter(one -> !one.worked()).toList();
        if (failed.isEmpty()) {
            return Finding.ok("connect", seen);
        }
        String remedies = failed.stream().map(Tried::remedy).distinct().collect(Collectors.joining("; "));
        String wrong = failed.stream().map(Tried::toString).collect(Collectors.joining("; "));
        return new Finding(
                reached == null ? Mark.FAILED : Mark.WARNING,
                "connect",
                seen,
                List.of(),
                (reached == null ? "" : "only some of its addresses can be connected to: ") + wrong,
                remedies);
    }

    /** Where the steps after these go. */
    Network reached() {
        if (reached == null) {
            throw new IllegalStateException("not connected, of " + Arrays.toString(addresses.toArray()));
        }
        return reached;
    }
}

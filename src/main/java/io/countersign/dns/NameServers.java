package io.countersign.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.io.DefaultIoClientFactory;
import org.xbill.DNS.io.IoClientFactory;
import org.xbill.DNS.io.TcpIoClient;
import org.xbill.DNS.io.UdpIoClient;

/**
 * Asks the name servers, the one that answered last first, and another where one is silent or fails. No thread waits.
 */
final class NameServers {
    /** For how long a server is waited for in each round: a question may get lost, or take its time. */
    private static final List<Duration> ROUNDS = List.of(Duration.ofMillis(700), Duration.ofSeconds(3));

    static final List<Integer> ANSWERS = List.of(Rcode.NOERROR, Rcode.NXDOMAIN);

    private static final IoClientFactory IO = io();

    /** After which it is looked again which servers the machine has. */
    private static final Duration OF_THE_MACHINE = Duration.ofMinutes(1);

    private final List<InetSocketAddress> named;
    private final Executor executor;
    private volatile int preferred;
    private List<InetSocketAddress> machines = List.of();
    private long looked;

    /** @param servers none for those of the machine */
    NameServers(List<InetSocketAddress> servers, Executor executor) {
        this.executor = executor;
        this.named = servers;
    }

    private static IoClientFactory io() {
        // Its own hook would end look-ups while a stop still lets requests end.
        byDefault("dnsjava.nio.register_shutdown_hook", "false");
        byDefault("dnsjava.nio.selector_timeout", "100"); // ms between two looks at what has timed out
        IoClientFactory usual = new DefaultIoClientFactory();
        TcpQuestions overTcp = new TcpQuestions();
        return new IoClientFactory() {
            @Override
            public TcpIoClient createOrGetTcpClient() {
                return overTcp;
            }

            @Override
            public UdpIoClient createOrGetUdpClient() {
                return usual.createOrGetUdpClient();
            }
        };
    }

    private static void byDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** A machine's servers may be others after it has moved to another network. */
    private synchronized List<InetSocketAddress> servers() {
        if (!named.isEmpty()) {
            return named;
        }
        long now = System.nanoTime();
        if (machines.isEmpty() || now - looked > OF_THE_MACHINE.toNanos()) {
            if (!machines.isEmpty()) {
                ResolverConfig.refresh();
            }
            machines = ResolverConfig.getCurrentConfig().servers();
            looked = now;
        }
        return machines;
    }

    /** What became of asking one server. */
    private record Tried(
            @Nullable Message message, @Nullable Throwable failure) {}

    /** @param end after which nobody else is asked, in nanoseconds of the system's clock */
    CompletableFuture<Message> send(Message query, long end) {
        List<InetSocketAddress> servers = servers();
        return servers.isEmpty()
                ? CompletableFuture.failedFuture(new IOException("this machine has none"))
                : send(query, servers, preferred, 0, end);
    }

    private CompletableFuture<Message> send(
            Message query, List<InetSocketAddress> servers, int first, int tries, long end) {
        int index = (first + tries) % servers.size();
        return ask(servers.get(index), query, ROUNDS.get(tries / servers.size()))
                .handle(Tried::new)
                .thenCompose(tried -> {
                    Message message = tried.message();
                    if (message != null && ANSWERS.contains(message.getRcode())) {
                        preferred = index;
                        return CompletableFuture.completedFuture(message);
                    }
                    // One that is silent may have lost the question; one that fails would fail again.
                    int most = servers.size() * (message == null ? ROUNDS.size() : 1);
                    if (tries + 1 < most && System.nanoTime() < end) {
                        return send(query, servers, first, tries + 1, end);
                    }
                    return message == null
                            ? CompletableFuture.failedFuture(
                                    Objects.requireNonNullElseGet(tried.failure(), IOException::new))
                            : CompletableFuture.completedFuture(message);
                });
    }

    private CompletableFuture<Message> ask(InetSocketAddress address, Message query, Duration wait) {
        try {
            SimpleResolver server = new SimpleResolver(address);
            server.setIoClientFactory(IO);
            server.setTimeout(wait);
            return server.sendAsync(query, executor).toCompletableFuture();
        } catch (RuntimeException unusable) { // as an IPv6 address is where there is no IPv6
            return CompletableFuture.failedFuture(unusable);
        }
    }
}

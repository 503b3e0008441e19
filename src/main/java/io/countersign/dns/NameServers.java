package io.countersign.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;

/**
 * Asks the name servers, the one that answered last first, and another where one is silent or fails. Follows aliases. No
 * thread waits. What the machine's hosts file says goes before.
 */
final class NameServers {
    /** For how long a server is waited for in each round: a question may get lost, or take its time. */
    private static final List<Duration> ROUNDS = List.of(Duration.ofMillis(700), Duration.ofSeconds(3));

    private static final List<Integer> ANSWERS = List.of(Rcode.NOERROR, Rcode.NXDOMAIN);
    private static final int MOST_ALIASES = 8;
    private static final int MOST_ADDRESSES = 1_000;
    /** Each would have to be confirmed. */
    private static final int MOST_HOSTS = 30;

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    /** Of what is not there, which somebody may be about to enter (RFC 2308, 5, allows more). */
    private static final Duration LONGEST_NOTHING = Duration.ofMinutes(1);

    /** Of failures (RFC 9520, 3.2). */
    static final Duration FAILURE = Duration.ofSeconds(5);

    /** After which it is looked again which servers the machine has. */
    private static final Duration OF_THE_MACHINE = Duration.ofMinutes(1);

    private final List<InetSocketAddress> named;
    private final HostsFileParser hostsFile = new HostsFileParser();
    private final Executor executor;
    private volatile int preferred;
    private List<InetSocketAddress> machines = List.of();
    private long looked;

    /** @param servers none for those of the machine */
    NameServers(List<InetSocketAddress> servers, Executor executor) {
        this.executor = executor;
        this.named = servers;
    }

    CompletableFuture<Answer> ask(Question question) {
        Answer local = local(question);
        return local != null
                ? CompletableFuture.completedFuture(local)
                : follow(question, question.name(), MOST_ALIASES, LONGEST)
                        .exceptionally(failure -> failed(question, failure));
    }

    private @Nullable Answer local(Question question) {
        if (question.type() == Type.PTR) {
            return null;
        }
        try {
            return hostsFile
                    .getAddressForHost(question.name(), question.type())
                    .map(address -> Answer.found(List.of(address), List.of(), SHORTEST))
                    .orElse(null);
        } catch (IOException unreadable) {
            return null;
        }
    }

    private CompletableFuture<Answer> follow(Question question, Name name, int aliases, Duration life) {
        Message query = Message.newQuery(Record.newRecord(name, question.type(), DClass.IN));
        return send(query, servers(), preferred, 0).thenCompose(message -> {
            if (!ANSWERS.contains(message.getRcode())) {
                return CompletableFuture.completedFuture(Answer.undetermined(
                        "the name server failed on " + question.words() + " (" + Rcode.string(message.getRcode()) + ")",
                        FAILURE));
            }
            if (message.getHeader().getFlag(Flags.TC)) {
                return CompletableFuture.completedFuture(Answer.nothing(
                        "the answer about " + question.words() + " is longer than a message can be", SHORTEST));
            }
            Message relevant = message.normalize(query);
            if (relevant == null) {
                return CompletableFuture.completedFuture(Answer.undetermined(
                        "the name server's answer on " + question.words() + " cannot be used", FAILURE));
            }
            return read(question, name, relevant, aliases, life);
        });
    }

    private CompletableFuture<Answer> read(
            Question question, Name name, Message message, int aliases, Duration longest) {
        Name current = name;
        Duration life = longest;
        int left = aliases;
        List<Record> found = new ArrayList<>();
        for (Record each : message.getSection(Section.ANSWER)) {
            life = shorter(life, Duration.ofSeconds(each.getTTL()));
            if (each instanceof CNAMERecord alias) {
                current = alias.getTarget();
                left--;
            } else {
                found.add(each);
            }
        }
        if (message.getRcode() == Rcode.NXDOMAIN) {
            String missing = question.type() == Type.PTR ? question.nothing() : question.words() + " does not exist";
            return CompletableFuture.completedFuture(Answer.nothing(missing + " (NXDOMAIN)", lifeOfNothing(message)));
        }
        if (!found.isEmpty()) {
            return CompletableFuture.completedFuture(found(question, found, life));
        }
        if (left == aliases) {
            return CompletableFuture.completedFuture(Answer.nothing(question.nothing(), lifeOfNothing(message)));
        }
        return left < 0
                ? CompletableFuture.completedFuture(
                        Answer.undetermined(question.words() + " leads through too many aliases", FAILURE))
                : follow(question, current, left, life);
    }

    private static Answer found(Question question, List<Record> records, Duration life) {
        int most = question.type() == Type.PTR ? MOST_HOSTS : MOST_ADDRESSES;
        if (records.size() > most) {
            return Answer.nothing(
                    question.words() + " has " + records.size()
                            + (question.type() == Type.PTR ? " reverse names" : " addresses") + ", more than the "
                            + most
                            + " that are looked at",
                    atLeast(SHORTEST, life));
        }
        List<InetAddress> addresses = new ArrayList<>();
        List<HostName> hosts = new ArrayList<>();
        for (Record each : records) {
            if (each instanceof ARecord ipv4) {
                addresses.add(ipv4.getAddress());
            } else if (each instanceof AAAARecord ipv6) {
                addresses.add(plain(ipv6.getAddress()));
            } else if (each instanceof PTRRecord reverse) {
                add(reverse.getTarget(), hosts);
            }
        }
        return addresses.isEmpty() && hosts.isEmpty()
                ? Answer.nothing(question.nothing() + " that could be a host's", atLeast(SHORTEST, life))
                : Answer.found(addresses, hosts, atLeast(SHORTEST, life));
    }

    private static void add(Name name, List<HostName> hosts) {
        try {
            hosts.add(HostName.parse(name.toString(true)));
        } catch (IllegalArgumentException noHost) {
            // Anything may stand there; it then names no host that could be confirmed.
        }
    }

    /** Without the name that the library gives it, which would only be in the way. */
    private static InetAddress plain(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException never) {
            throw new IllegalStateException(never);
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

    private CompletableFuture<Message> send(Message query, List<InetSocketAddress> servers, int first, int tries) {
        int index = (first + tries) % servers.size();
        SimpleResolver server = new SimpleResolver(servers.get(index));
        server.setTimeout(ROUNDS.get(tries / servers.size()));
        return server.sendAsync(query, executor)
                .toCompletableFuture()
                .handle(Tried::new)
                .thenCompose(tried -> {
                    Message message = tried.message();
                    if (message != null && ANSWERS.contains(message.getRcode())) {
                        preferred = index;
                        return CompletableFuture.completedFuture(message);
                    }
                    // One that is silent may have lost the question; one that fails would fail again.
                    if (tries + 1 < servers.size() * (message == null ? ROUNDS.size() : 1)) {
                        return send(query, servers, first, tries + 1);
                    }
                    return message == null
                            ? CompletableFuture.failedFuture(
                                    Objects.requireNonNullElseGet(tried.failure(), IOException::new))
                            : CompletableFuture.completedFuture(message);
                });
    }

    private static Answer failed(Question question, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String why = cause instanceof SocketTimeoutException
                ? "no answer about " + question.words() + " from any name server"
                : "no name server can be asked about " + question.words() + ": " + cause.getMessage();
        return Answer.undetermined(why, FAILURE);
    }

    private static Duration lifeOfNothing(Message message) {
        Duration life = Duration.ofSeconds(10);
        for (Record each : message.getSection(Section.AUTHORITY)) {
            if (each instanceof SOARecord soa) {
                life = Duration.ofSeconds(Math.min(soa.getTTL(), soa.getMinimum()));
            }
        }
        return atLeast(SHORTEST, shorter(life, LONGEST_NOTHING));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration atLeast(Duration least, Duration life) {
        return life.compareTo(least) < 0 ? least : life;
    }
}

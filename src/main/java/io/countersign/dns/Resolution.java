package io.countersign.dns;

import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
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
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Makes answers of what name servers say: follows aliases, leaves out what was not asked for, and says how long it counts.
 * What the machine's hosts file says goes before.
 */
final class Resolution {
    private static final int MOST_ALIASES = 8;
    private static final int MOST_ADDRESSES = 100;
    /** Each would have to be confirmed. */
    private static final int MOST_HOSTS = 30;

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    /** Of what is not there, which somebody may be about to enter (RFC 2308, 5, allows more). */
    private static final Duration LONGEST_NOTHING = Duration.ofMinutes(1);

    /** Of failures (RFC 9520, 3.2). */
    static final Duration FAILURE = Duration.ofSeconds(5);

    private final HostsFile hostsFile;
    private final NameServers servers;

    Resolution(HostsFile hostsFile, NameServers servers) {
        this.hostsFile = hostsFile;
        this.servers = servers;
    }

    /** @param longest after which nobody is asked any more */
    CompletableFuture<Answer> ask(Question question, Duration longest) {
        List<InetAddress> local = hostsFile.addresses(question);
        return local.isEmpty()
                ? follow(question, question.name(), MOST_ALIASES, LONGEST, System.nanoTime() + longest.toNanos())
                        .exceptionally(failure -> failed(question, failure))
                : CompletableFuture.completedFuture(Answer.found(local, List.of(), SHORTEST));
    }

    private CompletableFuture<Answer> follow(Question question, Name name, int aliases, Duration life, long end) {
        Message query = Message.newQuery(Record.newRecord(name, question.type(), DClass.IN));
        return servers.send(query, end).thenCompose(message -> {
            if (!NameServers.ANSWERS.contains(message.getRcode())) {
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
            return read(question, name, relevant, aliases, life, end);
        });
    }

    private CompletableFuture<Answer> read(
            Question question, Name name, Message message, int aliases, Duration longest, long end) {
        Name current = name;
        Duration life = longest;
        int left = aliases;
        List<Record> found = new ArrayList<>();
        for (Record each : message.getSection(Section.ANSWER)) {
            life = shorter(life, Duration.ofSeconds(each.getTTL()));
            if (each instanceof CNAMERecord alias) {
                current = alias.getTarget();
                left--;
            } else if (each.getType() == question.type()) {
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
                : follow(question, current, left, life, end);
    }

    private static Answer found(Question question, List<Record> records, Duration life) {
        int most = question.type() == Type.PTR ? MOST_HOSTS : MOST_ADDRESSES;
        if (records.size() > most) {
            return Answer.nothing(
                    question.words() + " has " + records.size()
                            + (question.type() == Type.PTR ? " reverse names" : " addresses") + ", more than the "
                            + most
                            + " that are looked at",
                    atLeast(SHORTEST, shorter(life, LONGEST_NOTHING)));
        }
        List<InetAddress> addresses = new ArrayList<>();
        List<HostName> hosts = new ArrayList<>();
        for (Record each : records) {
            if (each instanceof ARecord ipv4) {
                addresses.add(plain(ipv4.getAddress()));
            } else if (each instanceof AAAARecord ipv6) {
                addresses.add(plain(ipv6.getAddress()));
            } else if (each instanceof PTRRecord reverse) {
                add(reverse.getTarget(), hosts);
            }
        }
        return addresses.isEmpty() && hosts.isEmpty()
                ? Answer.nothing(
                        question.nothing() + " that could be a host's",
                        atLeast(SHORTEST, shorter(life, LONGEST_NOTHING)))
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

    private static Answer failed(Question question, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String why = cause instanceof SocketTimeoutException || cause instanceof TimeoutException
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

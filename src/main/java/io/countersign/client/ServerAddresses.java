package io.countersign.client;

import io.countersign.address.Addresses;
import io.countersign.address.AllowedAddresses;
import io.countersign.dns.Answer;
import io.countersign.dns.HostName;
import io.countersign.dns.Names;
import io.countersign.dns.Question;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is. Where the partner's file says in which networks its server must be, only addresses in these are dialled,
 * and what is not said by the name servers that also say where callers are does not count; any other server is looked up
 * as everything on this machine is.
 */
public final class ServerAddresses implements DnsResolver {
    private final Supplier<AllowedAddresses> allowed;
    private final @Nullable Names names;

    /** @param allowed as it is now */
    public ServerAddresses(Supplier<AllowedAddresses> allowed, @Nullable Names names) {
        this.allowed = allowed;
        this.names = names;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        AllowedAddresses now = allowed.get();
        if (now.any()) {
            return SystemDefaultDnsResolver.INSTANCE.resolve(host);
        }
        Found found = find(host);
        InetAddress[] own = found.addresses().stream().filter(now::contains).toArray(InetAddress[]::new);
        if (own.length == 0) {
            throw found.undetermined()
                    ? new ServerAddressException(found.trouble(), true)
                    : outside(host, found.addresses(), now);
        }
        return own;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
    }

    /** @throws ServerAddressException where what was connected to is outside */
    static void check(InetAddress connected, AllowedAddresses allowed) throws ServerAddressException {
        if (!allowed.contains(connected)) {
            throw outside("the server", List.of(connected), allowed);
        }
    }

    private static ServerAddressException outside(String host, List<InetAddress> found, AllowedAddresses allowed) {
        return new ServerAddressException(
                host + " is at "
                        + String.join(
                                ", ", found.stream().map(Addresses::format).toList())
                        + ", and nothing of that is in the partner's serverAddresses: " + allowed,
                false);
    }

    /** @param undetermined whether the right address may be one that nobody has said */
    private record Found(List<InetAddress> addresses, boolean undetermined, String trouble) {
        static Found of(List<Answer> answers) {
            List<InetAddress> addresses = answers.stream()
                    .flatMap(answer -> answer.addresses().stream())
                    .toList();
            return new Found(
                    addresses,
                    addresses.isEmpty() || answers.stream().anyMatch(Answer::undetermined),
                    answers.stream()
                            .filter(answer -> !answer.isFound())
                            .map(Answer::trouble)
                            .distinct()
                            .collect(Collectors.joining("; ")));
        }

        static Found nothing(String why) {
            return new Found(List.of(), true, why);
        }
    }

    private Found find(String host) {
        try {
            return new Found(List.of(Addresses.parse(host)), false, "");
        } catch (IllegalArgumentException name) {
            return lookUp(host);
        }
    }

    private Found lookUp(String host) {
        if (names == null) {
            return Found.nothing("nobody can be asked where " + host + " is: the bean https has no names");
        }
        try {
            HostName name = HostName.parse(host);
            CompletableFuture<Answer> ipv4 = names.ask(Question.addresses(name, true), host);
            CompletableFuture<Answer> ipv6 = names.ask(Question.addresses(name, false), host);
            return Found.of(List.of(ipv4.get(), ipv6.get()));
        } catch (IllegalArgumentException | ExecutionException unusable) {
            return Found.nothing(String.valueOf(unusable.getMessage()));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Found.nothing("the service stops");
        }
    }
}

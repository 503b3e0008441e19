package io.countersign.client;

import io.countersign.address.Addresses;
import io.countersign.address.AllowedAddresses;
import io.countersign.dns.Answer;
import io.countersign.dns.HostName;
import io.countersign.dns.Names;
import io.countersign.dns.Question;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Where a server is. Where the partner's file says in which networks its server must be, only addresses in these are dialled,
 * and what is not said by the name servers that also say where callers are does not count; any other server is looked up
 * as everything on this machine is.
 */
final class ServerAddresses implements DnsResolver {
    private final Supplier<AllowedAddresses> allowed;
    private final Names names;

    /** @param allowed as it is now */
    ServerAddresses(Supplier<AllowedAddresses> allowed, Names names) {
        this.allowed = allowed;
        this.names = names;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        AllowedAddresses now = allowed.get();
        if (now.any()) {
            return SystemDefaultDnsResolver.INSTANCE.resolve(host);
        }
        List<InetAddress> found = find(host);
        InetAddress[] own = found.stream().filter(now::contains).toArray(InetAddress[]::new);
        if (own.length == 0) {
            throw outside(host, found, now);
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

    private List<InetAddress> find(String host) throws ServerAddressException {
        try {
            return List.of(Addresses.parse(host));
        } catch (IllegalArgumentException name) {
            return lookUp(host);
        }
    }

    private List<InetAddress> lookUp(String host) throws ServerAddressException {
        List<InetAddress> found = new ArrayList<>();
        List<String> troubles = new ArrayList<>();
        boolean undetermined = false;
        try {
            HostName name = HostName.parse(host);
            CompletableFuture<Answer> ipv4 = names.ask(Question.addresses(name, true));
            CompletableFuture<Answer> ipv6 = names.ask(Question.addresses(name, false));
            for (Answer answer : List.of(ipv4.get(), ipv6.get())) {
                found.addAll(answer.addresses());
                undetermined |= answer.undetermined();
                if (!answer.isFound() && !troubles.contains(answer.trouble())) {
                    troubles.add(answer.trouble());
                }
            }
        } catch (IllegalArgumentException | ExecutionException unusable) {
            troubles.add(String.valueOf(unusable.getMessage()));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            undetermined = true;
            troubles.add("the service stops");
        }
        if (found.isEmpty()) {
            throw new ServerAddressException(String.join("; ", troubles), undetermined);
        }
        return found;
    }
}

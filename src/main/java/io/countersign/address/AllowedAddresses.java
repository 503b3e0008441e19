package io.countersign.address;

import io.countersign.dns.HostName;
import io.countersign.dns.Inquiry;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The networks that a partner may call from, some perhaps written as the names of hosts, which stand for the addresses that
 * these have at the moment. Fails closed: an empty list allows no address; only the word {@code any} allows all.
 */
public record AllowedAddresses(boolean any, List<Network> networks, List<HostName> hosts) {
    private static final String ANY = "any";
    private static final String LOCALHOST = "localhost";
    private static final String NETWORKS = "addresses and networks such as 192.0.2.7, 198.51.100.0/24, 2001:db8::/32";

    public static final AllowedAddresses ANYWHERE = new AllowedAddresses(true, List.of(), List.of());
    public static final AllowedAddresses NOWHERE = new AllowedAddresses(false, List.of(), List.of());

    /**
     * Reads networks separated by commas.
     *
     * @throws IllegalArgumentException naming every entry that is neither a network, an address, a host nor {@code any}
     */
    public static AllowedAddresses parse(String text) {
        return parse(text, true);
    }

    /** The same without the names of hosts. */
    public static AllowedAddresses parseNetworks(String text) {
        return parse(text, false);
    }

    private static AllowedAddresses parse(String text, boolean hostsToo) {
        List<Network> networks = new ArrayList<>();
        List<HostName> hosts = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        boolean any = false;
        for (String part : text.split(",", -1)) {
            String entry = part.strip();
            if (entry.toLowerCase(Locale.ROOT).equals(ANY)) {
                any = true;
            } else if (hostsToo && isHost(entry)) {
                hosts.add(HostName.parse(entry));
            } else if (!entry.isEmpty()) {
                try {
                    networks.add(Network.parse(entry));
                } catch (IllegalArgumentException notOne) {
                    wrong.add(String.valueOf(notOne.getMessage()));
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", wrong) + "; accepted: " + NETWORKS
                    + (hostsToo ? ", full names of hosts such as edi.acme.example," : ",") + " or 'any'");
        }
        return any ? ANYWHERE : new AllowedAddresses(false, List.copyOf(networks), List.copyOf(hosts));
    }

    /** A name without a dot is rather a word that was mistyped. */
    private static boolean isHost(String entry) {
        try {
            HostName host = HostName.parse(entry);
            return host.hasDot() || host.value().equals(LOCALHOST);
        } catch (IllegalArgumentException notOne) {
            return false;
        }
    }

    /** Whether the networks contain an address; the hosts are not asked about. */
    public boolean contains(InetAddress address) {
        return any || networks.stream().anyMatch(network -> network.contains(address));
    }

    /** Whether an address is allowed; known at once where it is in one of the networks. */
    CompletableFuture<Finding> find(InetAddress address, Inquiry inquiry) {
        String written = Addresses.format(address);
        if (contains(address)) {
            return CompletableFuture.completedFuture(Finding.FITS);
        }
        Finding unlisted = Finding.not(
                networks.isEmpty() && hosts.isEmpty()
                        ? written + " is not among the partner's addresses: none are listed"
                        : written + " is not among the partner's addresses: " + this);
        if (hosts.isEmpty()) {
            return CompletableFuture.completedFuture(unlisted);
        }
        HostAddresses is = new HostAddresses(address, inquiry);
        return Finding.first(Stream.concat(
                        Stream.of(CompletableFuture.completedFuture(unlisted)),
                        hosts.stream().map(is::addressOf))
                .toList());
    }

    @Override
    public String toString() {
        return any
                ? ANY
                : Stream.concat(
                                networks.stream().map(Network::toString),
                                hosts.stream().map(HostName::value))
                        .collect(Collectors.joining(", "));
    }
}

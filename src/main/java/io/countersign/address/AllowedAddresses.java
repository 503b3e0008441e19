package io.countersign.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The networks that a partner may call from. Fails closed: an empty list allows no address; only the word {@code any}
 * allows all.
 */
public record AllowedAddresses(boolean any, List<Network> networks) {
    private static final String ANY = "any";

    public static final AllowedAddresses ANYWHERE = new AllowedAddresses(true, List.of());

    /**
     * Reads networks separated by commas.
     *
     * @throws IllegalArgumentException naming every entry that is neither a network, an address nor {@code any}
     */
    public static AllowedAddresses parse(String text) {
        List<Network> networks = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        boolean any = false;
        for (String entry : text.split(",", -1)) {
            String network = entry.strip();
            if (network.toLowerCase(Locale.ROOT).equals(ANY)) {
                any = true;
            } else if (!network.isEmpty()) {
                try {
                    networks.add(Network.parse(network));
                } catch (IllegalArgumentException notOne) {
                    wrong.add(String.valueOf(notOne.getMessage()));
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", wrong)
                    + "; accepted: addresses and networks such as 192.0.2.7, 198.51.100.0/24, 2001:db8::/32, or 'any'");
        }
        return any ? ANYWHERE : new AllowedAddresses(false, List.copyOf(networks));
    }

    public boolean contains(InetAddress address) {
        return any || networks.stream().anyMatch(network -> network.contains(address));
    }

    @Override
    public String toString() {
        return any ? ANY : networks.stream().map(Network::toString).collect(Collectors.joining(", "));
    }
}

package io.countersign.proxy;

import io.countersign.address.Addresses;
import io.countersign.address.Network;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of a listener, as a bean of a route file: which addresses are theirs, in which one way they say who
 * calls, and what becomes of connections from elsewhere. Where there are none, everybody calls for himself. Fails closed:
 * nobody else is believed, and a proxy that does not say who calls is refused.
 */
public final class Proxies {
    /** The request attribute with the address at the other end of the connection itself, a proxy's perhaps. */
    public static final String PEER = "io.countersign.peer";

    /** The request attribute with the address that a PROXY header before its connection named; none where none did. */
    public static final String NAMED = "io.countersign.named";

    private static final String PROXY_PROTOCOL = "proxy-protocol";
    private static final String REFUSE = "refuse";
    private static final Map<String, AddressHeader> HEADERS =
            Map.of("forwarded", new ForwardedHeader(), "x-forwarded-for", new XForwardedFor());

    private String addresses = "";
    private List<Network> networks = List.of();
    private String header = PROXY_PROTOCOL;
    private String others = REFUSE;

    /**
     * Addresses and networks, separated by commas; empty for none.
     *
     * @throws IllegalArgumentException naming every entry that is neither, or that would make everybody a proxy
     */
    public void setAddresses(String addresses) {
        List<Network> read = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (String entry : addresses.isBlank() ? new String[0] : addresses.split(",", -1)) {
            try {
                Network network = Network.parse(entry.strip());
                if (network.prefixLength() == 0) {
                    throw new IllegalArgumentException("'" + entry.strip() + "' would make everybody a proxy");
                }
                read.add(network);
            } catch (IllegalArgumentException notOne) {
                wrong.add(String.valueOf(notOne.getMessage()));
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", wrong)
                    + "; accepted: addresses and networks of proxies such as 10.0.0.5, 10.0.1.0/24, 2001:db8::/64");
        }
        networks = List.copyOf(read);
        this.addresses = addresses.strip();
    }

    /** How they say who calls: {@code proxy-protocol}, {@code forwarded} or {@code x-forwarded-for}; no other way counts. */
    public void setHeader(String header) {
        if (!header.equals(PROXY_PROTOCOL) && !HEADERS.containsKey(header)) {
            throw new IllegalArgumentException(
                    "'" + header + "' is not known; accepted: proxy-protocol, forwarded, x-forwarded-for");
        }
        this.header = header;
    }

    /** What becomes of connections that come from no proxy, where there are any: {@code refuse} or {@code direct}. */
    public void setOthers(String others) {
        if (!others.equals(REFUSE) && !others.equals("direct")) {
            throw new IllegalArgumentException("'" + others + "' is not known; accepted: refuse, direct");
        }
        this.others = others;
    }

    public boolean isEmpty() {
        return networks.isEmpty();
    }

    public boolean isListed(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /** Whether a connection from there is refused, whatever comes over it. */
    public boolean refuses(InetAddress peer) {
        return !isEmpty() && !isListed(peer) && others.equals(REFUSE);
    }

    /** Whether they say who calls in each request, and not before TLS: only proxies that end TLS can. */
    public boolean sayInRequests() {
        return HEADERS.containsKey(header);
    }

    /** How they say who calls. */
    public String header() {
        return header;
    }

    /** Whether a connection from there must begin with a PROXY header. */
    public boolean owesProxyHeader(InetAddress peer) {
        return header.equals(PROXY_PROTOCOL) && isListed(peer);
    }

    /** Why a connection from there is refused, or a PROXY header that it does not owe. */
    public String whyNot(InetAddress peer) {
        return isListed(peer)
                ? "the proxies say who calls by " + header
                : Addresses.format(peer) + " is not among the proxies (" + (isEmpty() ? "there are none" : addresses)
                        + ")";
    }

    /**
     * Who calls. Asked at every request, since connections outlive the settings that they were made under.
     *
     * @param peer the address at the other end of the connection
     * @param named whom a PROXY header before the connection named; none where it named nobody, or there was none
     * @param lines of the request's headers of a name, in their order
     * @throws UnclearCallerException where that cannot be told
     */
    public InetAddress caller(InetAddress peer, @Nullable InetAddress named, Function<String, List<String>> lines)
            throws UnclearCallerException {
        if (!isListed(peer)) {
            if (refuses(peer) || named != null) {
                throw new UnclearCallerException(whyNot(peer));
            }
            return peer;
        }
        AddressHeader said = HEADERS.get(header);
        try {
            if (said != null) {
                return said.caller(lines.apply(said.name()), this::isListed);
            }
            if (named != null) {
                return named;
            }
            throw new UnclearCallerException("its PROXY header names nobody");
        } catch (UnclearCallerException unclear) {
            throw new UnclearCallerException(
                    "the proxy " + Addresses.format(peer) + " does not say who calls: " + unclear.reason());
        }
    }
}

package io.countersign.dns;

import java.net.Inet4Address;
import java.net.InetAddress;
import org.xbill.DNS.Name;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * What a name server is asked: the addresses of one family that a host has, or which names an address has.
 *
 * @param type of the records, by its number (RFC 1035, 3.2.2)
 * @param words for messages
 */
public record Question(Name name, int type, String words) {
    /** The host's addresses of the family of another address: those of the other family could not be it. */
    public static Question addressesLike(InetAddress address, HostName host) {
        return addresses(host, address instanceof Inet4Address);
    }

    /** The host's IPv4 addresses, or its IPv6 ones. */
    public static Question addresses(HostName host, boolean ipv4) {
        try {
            return new Question(Name.fromString(host.value() + "."), ipv4 ? Type.A : Type.AAAA, host.value());
        } catch (TextParseException unparsable) {
            throw new IllegalArgumentException("'" + host + "' is not a host's name", unparsable);
        }
    }

    /** @param written the address as messages have it */
    public static Question hosts(InetAddress address, String written) {
        return new Question(ReverseMap.fromAddress(address), Type.PTR, written);
    }

    String nothing() {
        return switch (type) {
            case Type.A -> words + " has no IPv4 address";
            case Type.AAAA -> words + " has no IPv6 address";
            default -> words + " has no reverse name";
        };
    }
}

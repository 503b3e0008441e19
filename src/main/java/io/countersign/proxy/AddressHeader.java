package io.countersign.proxy;

import static io.countersign.proxy.UnclearCallerException.quoted;

import io.countersign.address.Addresses;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A header in which each proxy writes, behind what it got, whom it got that from. So only its end is worth anything: what
 * stands before the first address that is no proxy's is whatever a caller wrote, and is not looked at.
 */
interface AddressHeader {
    /** An address, and perhaps a port, which does not matter. */
    Pattern NODE = Pattern.compile(
            "(?<four>[0-9.]+)(?::\\d{1,5})?|\\[(?<bracketed>[^\\[\\]]*:[^\\[\\]]*)](?::\\d{1,5})?|(?<six>[^\\[\\]]*:[^\\[\\]]*:[^\\[\\]]*)");

    String name();

    /** Where the last element of a list begins; 0 where it is the only one. */
    int beginningOfLast(String list);

    /** @throws UnclearCallerException where the element names no address */
    InetAddress address(String element) throws UnclearCallerException;

    /**
     * Who calls: the last address that is no proxy's, or the first of all where all are.
     *
     * @param lines all headers of this name, in their order
     * @throws UnclearCallerException where something that is no address comes before it
     */
    default InetAddress caller(List<String> lines, Predicate<InetAddress> isProxy) throws UnclearCallerException {
        if (lines.isEmpty()) {
            throw new UnclearCallerException("no " + name());
        }
        String list = String.join(",", lines);
        while (true) {
            int begins = beginningOfLast(list);
            InetAddress address = address(list.substring(begins).strip());
            if (begins == 0 || !isProxy.test(address)) {
                return address;
            }
            list = list.substring(0, begins - 1);
        }
    }

    /** Reads {@code 192.0.2.7}, {@code 192.0.2.7:4711}, {@code 2001:db8::1}, {@code [2001:db8::1]}, {@code [2001:db8::1]:4711}. */
    default InetAddress node(String text) throws UnclearCallerException {
        Matcher node = NODE.matcher(text);
        if (node.matches()) {
            String address = node.group("four") != null
                    ? node.group("four")
                    : node.group("bracketed") != null ? node.group("bracketed") : node.group("six");
            try {
                return Addresses.parse(address);
            } catch (IllegalArgumentException notOne) {
                // told below
            }
        }
        throw new UnclearCallerException(name() + " has " + quoted(text) + " where an address should be");
    }
}

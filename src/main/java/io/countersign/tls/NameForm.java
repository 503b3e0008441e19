package io.countersign.tls;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * The forms of names of which constraints are understood, and what lies within one (RFC 5280, 4.2.1.10). A name or constraint
 * that is not well-formed throws {@link IllegalArgumentException}, so that it never counts as outside of what is excluded.
 */
enum NameForm {
    /** The host itself and everything below; {@code *.example.com} stands for all that it matches (RFC 9525, 6.3). */
    DNS {
        @Override
        Object base(GeneralName constraint) {
            String base = text(constraint);
            return base.isEmpty() ? base : host(base, false);
        }

        @Override
        Object name(GeneralName certified) {
            return host(text(certified), true);
        }

        @Override
        boolean permits(Object base, Object name) {
            return isBelow((String) base, name.toString().replaceFirst("^[*][.]", ""));
        }

        @Override
        boolean excludes(Object base, Object name) {
            String host = name.toString();
            return permits(base, name)
                    || (host.startsWith("*.")
                            && ((String) base).replaceFirst("^[^.]*", "").equals(host.substring(1)));
        }
    },

    /** A mailbox, all of one host ({@code example.com}), or all of the hosts below ({@code .example.com}). */
    EMAIL {
        @Override
        Object base(GeneralName constraint) {
            String base = text(constraint);
            return base.contains("@") ? mailbox(base) : hosts(base);
        }

        @Override
        Object name(GeneralName certified) {
            return mailbox(text(certified));
        }

        @Override
        boolean permits(Object base, Object name) {
            return base instanceof Mailbox ? base.equals(name) : isAmong((String) base, ((Mailbox) name).host());
        }

        /** Few mail servers tell upper and lower case apart. */
        @Override
        boolean excludes(Object base, Object name) {
            return permits(base, name) || base.toString().equalsIgnoreCase(name.toString());
        }
    },

    /** By its host: exactly that, or all below ({@code .example.com}); one without a host's name is not well-formed. */
    URI_HOST {
        @Override
        Object base(GeneralName constraint) {
            return hosts(text(constraint));
        }

        @Override
        Object name(GeneralName certified) {
            String host = URI.create(text(certified)).getHost();
            if (host == null || host.startsWith("[") || NUMERIC.matcher(host).matches()) {
                throw new IllegalArgumentException("it has no host name");
            }
            return host(host, false);
        }

        @Override
        boolean permits(Object base, Object name) {
            return isAmong((String) base, (String) name);
        }
    },

    /** A network: address and mask, of which IPv4-mapped IPv6 addresses are in neither kind. */
    IP {
        @Override
        Object base(GeneralName constraint) {
            byte[] network = octets(constraint);
            if (network.length != 8 && network.length != 32) {
                throw new IllegalArgumentException("it is no address with a mask");
            }
            boolean ended = false;
            for (int bit = network.length * 4; bit < network.length * 8; bit++) {
                boolean set = (network[bit / 8] & (0x80 >> (bit % 8))) != 0;
                if (set && ended) {
                    throw new IllegalArgumentException("its mask is not of one piece (RFC 4632)");
                }
                ended |= !set;
            }
            return network;
        }

        @Override
        Object name(GeneralName certified) {
            byte[] address = octets(certified);
            if ((address.length != 4 && address.length != 16) || isMapped(address)) {
                throw new IllegalArgumentException("it is no IPv4 or IPv6 address");
            }
            return address;
        }

        @Override
        boolean permits(Object base, Object name) {
            byte[] network = (byte[]) base;
            byte[] address = (byte[]) name;
            if (network.length != 2 * address.length) {
                return false;
            }
            for (int i = 0; i < address.length; i++) {
                if (((network[i] ^ address[i]) & network[address.length + i]) != 0) {
                    return false;
                }
            }
            return true;
        }
    },

    /** All names that begin with these parts. */
    DIRECTORY {
        @Override
        Object base(GeneralName constraint) {
            return X500Name.getInstance(constraint.getName()).getRDNs();
        }

        @Override
        Object name(GeneralName certified) {
            return base(certified);
        }

        @Override
        boolean permits(Object base, Object name) {
            RDN[] first = (RDN[]) base;
            RDN[] parts = (RDN[]) name;
            if (first.length > parts.length) {
                return false;
            }
            for (int i = 0; i < first.length; i++) {
                if (!IETFUtils.rDNAreEqual(first[i], parts[i])) {
                    return false;
                }
            }
            return true;
        }
    };

    private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
    private static final Pattern HOST = Pattern.compile(LABEL + "([.]" + LABEL + ")*");
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    /** The host in lower case; who is meant by the rest is the host's to say. */
    private record Mailbox(String local, String host) {}

    /** What a constraint says, read once. */
    abstract Object base(GeneralName constraint);

    /** What a certificate says. */
    abstract Object name(GeneralName certified);

    /** Whether all that the name stands for is within. */
    abstract boolean permits(Object base, Object name);

    /** Whether anything of it is. */
    boolean excludes(Object base, Object name) {
        return permits(base, name);
    }

    private static String text(GeneralName name) {
        return name.getName().toString();
    }

    private static byte[] octets(GeneralName name) {
        return ASN1OctetString.getInstance(name.getName()).getOctets();
    }

    private static String host(String text, boolean mayBeWild) {
        String host = text.toLowerCase(Locale.ROOT);
        if (!HOST.matcher(mayBeWild && host.startsWith("*.") ? host.substring(2) : host)
                .matches()) {
            throw new IllegalArgumentException("it is no host name");
        }
        return host;
    }

    private static String hosts(String text) {
        return text.startsWith(".") ? "." + host(text.substring(1), false) : host(text, false);
    }

    private static Mailbox mailbox(String text) {
        int at = text.indexOf('@');
        if (at < 1 || at != text.lastIndexOf('@') || !text.chars().allMatch(one -> one > ' ' && one < 0x7f)) {
            throw new IllegalArgumentException("it is no mailbox");
        }
        return new Mailbox(text.substring(0, at), host(text.substring(at + 1), false));
    }

    private static boolean isBelow(String base, String host) {
        return base.isEmpty() || host.equals(base) || host.endsWith("." + base);
    }

    private static boolean isAmong(String hosts, String host) {
        return hosts.startsWith(".") ? host.endsWith(hosts) : host.equals(hosts);
    }

    private static boolean isMapped(byte[] address) {
        return address.length == 16 && Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
    }
}

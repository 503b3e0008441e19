package io.countersign.settings;

import io.countersign.address.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who says which addresses a host has.
 *
 * @param servers none for those of the machine
 * @param longestWait the longest that a request waits for them
 */
public record DnsTerms(List<InetSocketAddress> servers, Duration longestWait) {
    private static final String SERVERS = "countersign.dns-servers";
    private static final String WAIT = "countersign.dns-wait";
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int PORT = 53;
    private static final int LAST_PORT = 65_535;
    private static final Pattern WITH_PORT = Pattern.compile("(\\[[^\\]]+]|[^:]+):(\\d{1,5})");

    /** In force where they are wrong, which the check tells, so that nothing runs. */
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(2);

    public static DnsTerms of(Settings settings) {
        return read(settings, new Problems());
    }

    static DnsTerms read(Settings settings, Problems problems) {
        List<InetSocketAddress> servers = new ArrayList<>();
        for (String entry : settings.get(SERVERS).split(",", -1)) {
            if (!entry.isBlank()) {
                try {
                    servers.add(server(entry.strip()));
                } catch (IllegalArgumentException notOne) {
                    problems.add(
                            settings.where(SERVERS),
                            "'" + entry.strip() + "' is not a name server; accepted: addresses such as 192.0.2.53,"
                                    + " 192.0.2.53:5353, [2001:db8::53]:5353, separated by commas, or nothing for those"
                                    + " of the machine");
                }
            }
        }
        return new DnsTerms(List.copyOf(servers), TimeSpan.wait(settings, WAIT, LONGEST, DEFAULT_WAIT, problems));
    }

    private static InetSocketAddress server(String text) {
        Matcher form = WITH_PORT.matcher(text);
        InetAddress address = Addresses.parse(form.matches() ? form.group(1) : text);
        int port = form.matches() ? Integer.parseInt(form.group(2)) : PORT;
        if (port == 0 || port > LAST_PORT) {
            throw new IllegalArgumentException("no port: " + port);
        }
        return new InetSocketAddress(address, port);
    }
}

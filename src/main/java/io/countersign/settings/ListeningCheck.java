package io.countersign.settings;

import io.countersign.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Tries whether a listener's host and port can be listened on. */
final class ListeningCheck {
    private static final int LAST_PORT = 65_535;

    private final Settings settings;
    private final Problems problems;
    private final String hostKey;
    private final String portKey;

    private ListeningCheck(Settings settings, Problems problems, String listener) {
        this.settings = settings;
        this.problems = problems;
        this.hostKey = Settings.PREFIX + listener + "host";
        this.portKey = Settings.PREFIX + listener + "port";
    }

    static ListeningCheck ofPartners(Settings settings, Problems problems) {
        return new ListeningCheck(settings, problems, "");
    }

    static ListeningCheck ofOperations(Settings settings, Problems problems) {
        return new ListeningCheck(settings, problems, "operations-");
    }

    /** Left empty, a host would mean every address. */
    @Nullable
    InetAddress host() {
        String host = settings.get(hostKey);
        if (host.isBlank()) {
            problems.add(settings.where(hostKey), "is empty");
            return null;
        }
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            problems.add(settings.where(hostKey), "'" + host + "' is neither an address nor a known host name");
            return null;
        }
    }

    /** @return none where it is no port; 0 stands for a free one */
    @Nullable
    Integer port() {
        String text = settings.get(portKey);
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
        if (port < 0 || port > LAST_PORT) {
            problems.add(
                    settings.where(portKey),
                    "'" + text + "' is not a port; accepted: 1 to " + LAST_PORT + ", or 0 for a free one");
            return null;
        }
        return port;
    }

    void isFree(@Nullable InetAddress host, @Nullable Integer port) {
        if (host == null || port == null || port == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException taken) {
            problems.add(
                    settings.where(portKey),
                    "cannot listen on " + Addresses.format(host) + " port " + port + ": " + taken.getMessage());
        }
    }

    /** Both may be free, and only one of them can be listened on. */
    void isNotThatOf(
            @Nullable InetAddress host, @Nullable Integer port, @Nullable InetAddress other, @Nullable Integer used) {
        if (host != null
                && other != null
                && port != null
                && port != 0
                && port.equals(used)
                && (host.equals(other) || other.isAnyLocalAddress())) {
            problems.add(
                    settings.where(portKey),
                    port + " is the partners' listener's, on the same address; accepted: another");
        }
    }
}

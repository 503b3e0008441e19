package io.countersign.doctor;

import io.countersign.ledger.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Whether the listeners of the settings can listen, or do so already. */
final class Ports {
    private static final int LAST_PORT = 65_535;

    private final Installation installation;

    Ports(Installation installation) {
        this.installation = installation;
    }

    Finding partners() {
        return look("partners' port", "countersign.host", "countersign.port");
    }

    Finding operations() {
        return look("operations' port", "countersign.operations-host", "countersign.operations-port");
    }

    private Finding look(String step, String hostKey, String portKey) {
        String host = installation.settings().get(hostKey);
        String text = installation.settings().get(portKey);
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
        if (port < 0 || port > LAST_PORT || host.isBlank()) {
            return Finding.failed(
                    step,
                    host + " " + text,
                    new Cause(
                            "that is no host and port to listen on",
                            "we set " + installation.settings().where(hostKey) + " and "
                                    + installation.settings().where(portKey)));
        }
        if (port == 0) {
            return Finding.ok(step, "0: the start takes a free one");
        }
        boolean running = isRunning();
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (UnknownHostException unknown) {
            return Finding.failed(
                    step,
                    host + " port " + port,
                    new Cause(host + " is neither an address nor a known name", "we set " + hostKey));
        } catch (IOException taken) {
            String why = String.valueOf(taken.getMessage());
            if (why.contains("assign")) {
                return Finding.failed(
                        step,
                        host + " port " + port,
                        new Cause(
                                host + " is no address of this machine: " + why,
                                "we set " + hostKey + " to one that is, or to 0.0.0.0 for all of them"));
            }
            if (why.contains("denied")) {
                return Finding.failed(
                        step,
                        host + " port " + port,
                        new Cause(
                                "this user may not listen there: " + why,
                                "we take a port above 1023, or allow it (CAP_NET_BIND_SERVICE)"));
            }
            return running
                    ? Finding.ok(step, host + " port " + port + ", taken by the Countersign that runs here")
                    : Finding.failed(
                            step,
                            host + " port " + port,
                            new Cause(
                                    "somebody else listens there, and no service of this data folder runs: " + why,
                                    "we end that one, or take another port (" + portKey + ")"));
        }
        return running
                ? Finding.warning(
                        step,
                        host + " port " + port + " is free",
                        new Cause(
                                "a Countersign runs here, and does not listen there: the setting was changed after its start",
                                "we restart it, if it is meant so"))
                : Finding.ok(step, host + " port " + port + " is free");
    }

    private boolean isRunning() {
        try {
            return Node.isTaken(installation.data());
        } catch (IOException unreadable) {
            return false;
        }
    }
}

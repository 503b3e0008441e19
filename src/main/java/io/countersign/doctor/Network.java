package io.countersign.doctor;

import io.countersign.address.Addresses;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Connections to one port of one address, and what it means where there is none. */
final class Network {
    private static final int MICROS = 1000;

    private final InetSocketAddress server;
    private final Patience patience;

    /** One try to connect. */
    record Tried(InetAddress address, long millis, String trouble, String remedy) {
        boolean worked() {
            return trouble.isEmpty();
        }

        @Override
        public String toString() {
            return Addresses.format(address) + " " + (worked() ? "connected in " + millis + " ms" : trouble);
        }
    }

    Network(InetSocketAddress server, Patience patience) {
        this.server = server;
        this.patience = patience;
    }

    Patience patience() {
        return patience;
    }

    String address() {
        return Addresses.format(server.getAddress());
    }

    /** A new connection, whose reads end in time. */
    Socket connect(Duration longestRead) throws IOException {
        Socket socket = new Attentive();
        try {
            socket.connect(server, (int) patience.connect().toMillis());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) longestRead.toMillis());
            return socket;
        } catch (IOException | RuntimeException failed) {
            socket.close();
            throw failed;
        }
    }

    Tried tried() {
        long before = System.nanoTime();
        try (Socket connected = connect(patience.connect())) {
            return new Tried(connected.getInetAddress(), millisSince(before), "", "");
        } catch (IOException failed) {
            return trouble(failed, millisSince(before));
        }
    }

    private Tried trouble(IOException failed, long millis) {
        String message = String.valueOf(failed.getMessage());
        InetAddress address = server.getAddress();
        if (failed instanceof SocketTimeoutException) {
            return new Tried(
                    address,
                    millis,
                    "did not answer within " + Patience.seconds(patience.connect()),
                    "a firewall on the way drops the connection, ours or theirs, or the machine is off: let ours allow"
                            + " connections to this address and port, and tell the partner from which address we call");
        }
        if (failed instanceof NoRouteToHostException
                || message.contains("unreachable")
                || message.contains("No route")) {
            return new Tried(
                    address,
                    millis,
                    "is unreachable: " + message,
                    "no network leads there from this machine, or a firewall says so: look at our routes"
                            + (address instanceof java.net.Inet6Address ? " (has this machine IPv6 at all?)" : ""));
        }
        if (message.contains("reset")) {
            return new Tried(
                    address,
                    millis,
                    "reset the connection: " + message,
                    "something on the way ends connections from us: the partner lets its firewall admit our address");
        }
        if (failed instanceof ConnectException) {
            return new Tried(
                    address,
                    millis,
                    "refused the connection",
                    "the machine is there and nothing listens on this port: compare the port of the url with what the"
                            + " partner says, and ask whether its service runs");
        }
        return new Tried(address, millis, "cannot be connected to: " + message, "look at the network of this machine");
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / MICROS / MICROS;
    }
}

package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Shown;
import io.countersign.settings.LimitTerms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Who is connected to a listener: so many in all, for whom there is {@link Room}, and so many from one address. An address is of
 * IPv6 a network of 64 bits; loopback and proxies may have as many as there is room for.
 */
final class Connections {
    private static final String NOT_COUNTED = "";

    private final int most;
    private final int mostFromOne;
    private final Predicate<InetAddress> isProxy;
    private final Refusals refusals;
    private final HandshakeRates handshakes;
    private final Room room;
    private final Map<SelectableChannel, String> open = new HashMap<>();
    private final Map<String, Integer> bySource = new HashMap<>();

    /**
     * @param most open at a time, which may be fewer than the terms say
     * @param isProxy who passes on what others send
     */
    Connections(LimitTerms terms, int most, Predicate<InetAddress> isProxy, Refusals refusals) {
        this.most = most;
        this.mostFromOne = terms.connectionsFromOne();
        this.isProxy = isProxy;
        this.refusals = refusals;
        this.handshakes = new HandshakeRates(terms);
        this.room = new Room(most);
    }

    HandshakeRates handshakes() {
        return handshakes;
    }

    Room room() {
        return room;
    }

    /** Whether a connection that has just come may stay; it counts until it is {@link #closed(SelectableChannel)}. */
    boolean admits(SocketChannel channel) throws IOException {
        if (!(channel.getRemoteAddress() instanceof InetSocketAddress peer)) {
            return false; // it has gone already
        }
        InetAddress address = peer.getAddress();
        if (!count(channel, counted(address) ? Addresses.source(address) : NOT_COUNTED)) {
            refuse(address, tooMany());
            return false;
        }
        if (!room.isFree()) {
            refuse(address, "there is no room for another connection: " + most + " are open and none of them is idle");
            return false;
        }
        room.comes(channel);
        return true;
    }

    /** Somebody else calls than whoever is at the other end; from here on the connection counts as the caller's. */
    synchronized boolean isOf(LimitedEndPoint connection, InetAddress caller) {
        if (!counted(caller) || !open.containsKey(connection.getChannel())) {
            return true;
        }
        uncount(connection.getChannel());
        return count(connection.getChannel(), Addresses.source(caller));
    }

    String tooMany() {
        return "has " + mostFromOne + " connections open already (countersign.max-connections-per-address)";
    }

    void closed(LimitedEndPoint connection) {
        closed(connection.getChannel());
        // One that was ended before anybody had begun to read of it.
        String why = connection.why();
        InetAddress peer = connection.peer();
        if (why != null && !connection.isSettled() && !isProxy.test(peer) && connection.tells()) {
            refuse(peer, "does not begin its handshake: " + why);
        }
    }

    /** For one that never came as far as being {@link Room#opened}, too. */
    void closed(SelectableChannel channel) {
        room.gone(channel);
        uncount(channel);
    }

    private boolean counted(InetAddress address) {
        return !address.isLoopbackAddress() && !isProxy.test(address);
    }

    private synchronized boolean count(SelectableChannel channel, String source) {
        if (!source.isEmpty() && bySource.merge(source, 1, Integer::sum) > mostFromOne) {
            bySource.merge(source, -1, Integer::sum);
            return false;
        }
        open.put(channel, source);
        return true;
    }

    private synchronized void uncount(SelectableChannel channel) {
        String source = open.remove(channel);
        if (source != null && !source.isEmpty()) {
            bySource.computeIfPresent(source, (one, number) -> number == 1 ? null : number - 1);
        }
    }

    private void refuse(InetAddress address, String reason) {
        refusals.refuseHandshake(Refusals.Caller.of(null, Addresses.format(address), null), Shown.NOTHING, reason);
    }
}

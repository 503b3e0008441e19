package io.countersign.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gives way where there is no more room, on a machine too busy to read what has come. */
class RoomTest {
    private final QueuedThreadPool threads = new QueuedThreadPool();
    private final Unread manager = new Unread(threads);
    private final Room room = new Room(2);
    private ServerSocketChannel listening;

    /** Connections whose bytes nobody reads. */
    private static final class Unread extends SelectorManager {
        private final BlockingQueue<LimitedEndPoint> opened = new LinkedBlockingQueue<>();

        Unread(QueuedThreadPool threads) {
            super(threads, new ScheduledExecutorScheduler(), 1);
        }

        @Override
        protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
            return new LimitedEndPoint((SocketChannel) channel, selector, key, getScheduler());
        }

        @Override
        public Connection newConnection(SelectableChannel channel, EndPoint endPoint, Object attachment) {
            return new AbstractConnection(endPoint, getExecutor()) {
                @Override
                public void onFillable() {
                    throw new IllegalStateException("nobody asked for it");
                }
            };
        }

        @Override
        protected void endPointOpened(EndPoint endPoint) {
            opened.add((LimitedEndPoint) endPoint);
        }
    }

    @BeforeEach
    void begin() throws Exception {
        listening = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        threads.start();
        manager.start();
    }

    @AfterEach
    void end() throws Exception {
        manager.stop();
        threads.stop();
        listening.close();
    }

    private Socket caller() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), listening.socket().getLocalPort());
    }

    private LimitedEndPoint taken() throws Exception {
        SocketChannel channel = listening.accept();
        channel.configureBlocking(false);
        room.comes(channel);
        manager.accept(channel);
        LimitedEndPoint connection = manager.opened.poll(10, TimeUnit.SECONDS);
        room.opened(connection);
        return connection;
    }

    @Test
    void whoHasSaidNothingGivesWayBeforeOneWhoWasNotHeardYet() throws Exception {
        try (Socket speaks = caller()) {
            LimitedEndPoint unheard = taken();
            speaks.getOutputStream().write(22);
            try (Socket says = caller()) {
                LimitedEndPoint silent = taken();
                assertThat(room.isFree()).isTrue();
                assertThat(silent.why()).startsWith("gave way to others");
                assertThat(unheard.why()).isNull();
                assertThat(says.getInputStream().read()).isNegative();
            }
        }
    }

    @Test
    void whereAllHaveSaidSomethingTheOldestGivesWay() throws Exception {
        try (Socket first = caller()) {
            LimitedEndPoint older = taken();
            first.getOutputStream().write(22);
            try (Socket second = caller()) {
                LimitedEndPoint younger = taken();
                second.getOutputStream().write(22);
                assertThat(room.isFree()).isTrue();
                assertThat(older.why()).startsWith("gave way to others");
                assertThat(younger.why()).isNull();
            }
        }
    }

    @Test
    void whoHasSaidHalfAMessageGivesWayBeforeOneWhoseHandshakeIsUnderWay() throws Exception {
        try (Socket partner = caller();
                Socket stranger = caller()) {
            LimitedEndPoint underWay = taken();
            LimitedEndPoint half = taken();
            partner.getOutputStream().write(22);
            room.shakesHands(underWay, true);
            room.shakesHands(half, false);
            assertThat(room.isFree()).isTrue();
            assertThat(half.why()).startsWith("gave way to others");
            assertThat(underWay.why()).isNull();
            assertThat(stranger.getInputStream().read()).isNegative();
        }
    }

    @Test
    void aHandshakeThatBeganWithHalfAMessageMayEndWell() throws Exception {
        try (Socket partner = caller()) {
            LimitedEndPoint connection = taken();
            partner.getOutputStream().write(22);
            room.shakesHands(connection, false);
            room.settled(connection);
            assertThat(connection.isSettled()).isTrue();
        }
    }
}

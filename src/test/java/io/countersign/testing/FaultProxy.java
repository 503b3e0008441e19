package io.countersign.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A network that breaks when a test says so: passes TCP connections of loopback on to a service, and each way has its {@link Fault}. */
public final class FaultProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    private final HeldPort place;
    private final int service;
    private final Set<Passage> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger taken = new AtomicInteger();
    private final Map<Way, Long> passed = new ConcurrentHashMap<>();

    /** Bytes wait for it as their fault says; unlike a sleep, that ends at once when the fault does. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Map<Way, Switched> faults = new EnumMap<>(Way.class);
    private ServerSocket door;
    private @Nullable Thread accepting;

    public enum Way {
        TO_SERVICE,
        TO_CALLER
    }

    /** The same fault, switched on again, counts anew. */
    private record Switched(Fault fault, int number) {
        static final Switched OFF = new Switched(Fault.NONE, 0);
    }

    private FaultProxy(int service) throws IOException {
        this.service = service;
        place = HeldPort.take();
        heal();
    }

    /** Begins to pass connections on, without faults. */
    public static FaultProxy before(int port) {
        try {
            return new FaultProxy(port);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public int port() {
        return place.number();
    }

    /** Switches a fault on, instead of the one before, for connections that there are and new ones. */
    public void fault(Way way, Fault fault) {
        lock.lock();
        try {
            faults.merge(way, new Switched(fault, 1), (before, now) -> new Switched(fault, before.number() + 1));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses new connections. */
    public void refuse() {
        try {
            door.close();
            if (accepting != null) {
                accepting.join(); // its accept() may still take one
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all faults; what was kept goes on its way. */
    public void heal() {
        for (Way way : Way.values()) {
            fault(way, Fault.NONE);
        }
        if (door == null || door.isClosed()) {
            try {
                door = new ServerSocket();
                door.setReuseAddress(true);
                door.bind(new InetSocketAddress("127.0.0.1", port()));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            ServerSocket opened = door;
            accepting = start("accept", () -> accept(opened));
        }
    }

    /** Resets all connections that there are. */
    public void cut() {
        open.forEach(Passage::reset);
    }

    /** From now on nothing passes, either way, on the connections that there are; on new ones it does. Only closing ends it. */
    public void strand() {
        open.forEach(passage -> passage.stranded = true);
    }

    /** How many bytes went one way so far, in all connections. */
    public long passed(Way way) {
        return passed.getOrDefault(way, 0L);
    }

    /** How many connections there are, but for {@link #strand stranded} ones. */
    public long open() {
        return open.stream().filter(passage -> !passage.stranded).count();
    }

    /** How many connections there were so far. */
    public int taken() {
        return taken.get();
    }

    @Override
    public void close() {
        refuse();
        cut();
        try {
            place.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void accept(ServerSocket opened) {
        while (!opened.isClosed()) {
            try {
                Socket caller = opened.accept();
                taken.incrementAndGet();
                try {
                    new Passage(caller, new Socket("127.0.0.1", service)).start();
                } catch (IOException nobodyThere) {
                    reset(caller);
                }
            } catch (IOException closed) {
                // by refuse()
            }
        }
    }

    private Switched now(Way way) {
        lock.lock();
        try {
            return faults.getOrDefault(way, Switched.OFF);
        } finally {
            lock.unlock();
        }
    }

    private Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, "fault-proxy-" + port() + "-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            // it is
        }
    }

    /** One connection. */
    private final class Passage {
        private final Socket caller;
        private final Socket beyond;
        private final AtomicInteger ways = new AtomicInteger(Way.values().length);
        private volatile boolean cut;
        private volatile boolean stranded;

        Passage(Socket caller, Socket beyond) throws IOException {
            this.caller = caller;
            this.beyond = beyond;
            caller.setTcpNoDelay(true);
            beyond.setTcpNoDelay(true);
        }

        void start() {
            open.add(this);
            FaultProxy.this.start("to-service", () -> run(new OneWay(this, Way.TO_SERVICE, caller, beyond)));
            FaultProxy.this.start("to-caller", () -> run(new OneWay(this, Way.TO_CALLER, beyond, caller)));
        }

        private void run(OneWay way) {
            try {
                way.run();
            } finally {
                if (ways.decrementAndGet() == 0) {
                    open.remove(this);
                    close(caller);
                    close(beyond);
                }
            }
        }

        void reset() {
            cut = true;
            FaultProxy.reset(caller);
            FaultProxy.reset(beyond);
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException closed) {
                // it is
            }
        }
    }

    /** One way of a connection. */
    private final class OneWay {
        private final Passage passage;
        private final Way way;
        private final Socket from;
        private final Socket to;
        private Switched on = Switched.OFF;
        private Random random = new Random(0);
        private long since;
        private boolean ended;

        OneWay(Passage passage, Way way, Socket from, Socket to) {
            this.passage = passage;
            this.way = way;
            this.from = from;
            this.to = to;
        }

        void run() {
            byte[] buffer = new byte[BUFFER];
            try {
                boolean taken = true;
                for (int read = from.getInputStream().read(buffer);
                        read >= 0 && taken;
                        read = taken ? from.getInputStream().read(buffer) : read) {
                    taken = pass(buffer, read);
                }
                if (taken && !ended) {
                    awaitSound();
                    to.shutdownOutput();
                }
            } catch (IOException broken) {
                awaitSound();
                passage.reset();
            }
        }

        /** False where the other end takes no more; whether it still has something to say, the other way sees. */
        private boolean pass(byte[] bytes, int length) throws IOException {
            int done = 0;
            while (done < length && !ended) {
                look();
                if (passage.stranded) {
                    awaitSound();
                    throw new IOException("stranded until now");
                }
                int next = next(length - done);
                if (next > 0 && on.equals(now(way))) {
                    passed.merge(way, (long) next, Long::sum); // before anybody can have seen them
                    try {
                        to.getOutputStream().write(bytes, done, next);
                    } catch (IOException gone) {
                        return false;
                    }
                    done += next;
                    since += next;
                }
            }
            return true;
        }

        private void look() {
            Switched now = now(way);
            if (!now.equals(on)) {
                on = now;
                since = 0;
                random = new Random(now.fault() instanceof Fault.Latency latency ? latency.seed() : 0);
            }
        }

        /** How many of these bytes may go now, having waited for it. */
        private int next(int offered) throws IOException {
            if (on.fault() instanceof Fault.Pace pace) {
                int next = Math.min(offered, pace.most());
                await(pace.before(next, random));
                return next;
            }
            long left = ((Fault.Break) on.fault()).after() - since;
            if (left <= 0) {
                strike();
            }
            return (int) Math.min(offered, Math.max(0, left));
        }

        private void strike() throws IOException {
            if (on.fault() instanceof Fault.Reset) {
                throw new IOException("reset, as told");
            } else if (on.fault() instanceof Fault.HalfClose) {
                to.shutdownOutput();
                ended = true;
            } else {
                awaitSound();
                if (passage.cut) {
                    throw new IOException("reset meanwhile");
                }
            }
        }

        private void awaitSound() {
            lock.lock();
            try {
                look();
                while (!passage.cut && (passage.stranded || isSilent())) {
                    changed.awaitUninterruptibly();
                    look();
                }
            } finally {
                lock.unlock();
            }
        }

        private boolean isSilent() {
            return on.fault() instanceof Fault.Silence silence && since >= silence.after();
        }

        private void await(Duration time) {
            lock.lock();
            try {
                long left = time.toNanos();
                while (left > 0 && !passage.cut && on.equals(now(way))) {
                    left = changed.awaitNanos(left);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }
    }
}

package io.countersign.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;

/**
 * A name server on a free port of loopback, over UDP and TCP, that knows what a test tells it, and of nothing else that it
 * exists. It can be slow, silent, or fail.
 */
public final class NameServer implements AutoCloseable {
    private static final int PORTS_TO_TRY = 50;
    private static final int MOST_OVER_UDP = 512;

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final ScheduledExecutorService answering = Executors.newScheduledThreadPool(2);
    private final Map<Name, List<Record>> records = new ConcurrentHashMap<>();
    private final Set<Name> ignored = ConcurrentHashMap.newKeySet();
    private final Set<String> ignoredTypes = ConcurrentHashMap.newKeySet();
    private final Map<Name, Integer> failures = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean silent;
    private volatile boolean resetting;
    private volatile @Nullable Function<Record, List<Record>> otherwise;

    private NameServer(DatagramSocket udp, ServerSocket tcp) {
        this.udp = udp;
        this.tcp = tcp;
    }

    public static NameServer start() {
        for (int tries = 0; ; tries++) {
            try {
                ServerSocket tcp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                try {
                    NameServer server = new NameServer(
                            new DatagramSocket(new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort())), tcp);
                    server.begin();
                    return server;
                } catch (IOException taken) {
                    tcp.close();
                    if (tries == PORTS_TO_TRY) {
                        throw taken;
                    }
                }
            } catch (IOException none) {
                throw new UncheckedIOException(none);
            }
        }
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
    }

    /** As in {@code countersign.dns-servers}. */
    public String setting() {
        return "127.0.0.1:" + tcp.getLocalPort();
    }

    /** The host has just these addresses from now on; they count for a second. */
    public NameServer host(String name, String... addresses) {
        return host(name, Duration.ofSeconds(1), addresses);
    }

    public NameServer host(String name, Duration life, String... addresses) {
        List<Record> all = new ArrayList<>();
        for (String text : addresses) {
            InetAddress address = address(text);
            all.add(
                    address instanceof Inet4Address
                            ? new ARecord(name(name), DClass.IN, life.toSeconds(), address)
                            : new AAAARecord(name(name), DClass.IN, life.toSeconds(), address));
        }
        records.put(name(name), all);
        return this;
    }

    public NameServer alias(String name, Duration life, String target) {
        records.put(name(name), List.of(new CNAMERecord(name(name), DClass.IN, life.toSeconds(), name(target))));
        return this;
    }

    /** The address has just these names. */
    public NameServer reverse(String address, String... hosts) {
        Name name = ReverseMap.fromAddress(address(address));
        records.put(
                name,
                Arrays.stream(hosts)
                        .map(host -> (Record) new PTRRecord(name, DClass.IN, 1, name(host)))
                        .toList());
        return this;
    }

    /** Nothing of the kind exists any more. */
    public NameServer forget(String name) {
        records.remove(name(name));
        return this;
    }

    /** Asked about this name, it answers by an error ({@link Rcode}). */
    public NameServer fail(String name, int code) {
        failures.put(name(name), code);
        return this;
    }

    /** Asked about this name, it says nothing. */
    public NameServer ignore(String name) {
        ignored.add(name(name));
        return this;
    }

    /** Asked about this name for one type of record ({@link Type}), it says nothing. */
    public NameServer ignore(String name, int type) {
        ignoredTypes.add(name(name) + " " + type);
        return this;
    }

    /** The name of an address, below which its reverse names stand. */
    public static String reverse(String address) {
        return ReverseMap.fromAddress(address(address)).toString(true);
    }

    /** What to say of names that it has not been told of. */
    public NameServer otherwise(Function<Record, List<Record>> answer) {
        otherwise = answer;
        return this;
    }

    public NameServer slow(Duration each) {
        delay = each;
        return this;
    }

    public NameServer silent(boolean now) {
        silent = now;
        return this;
    }

    /** Over TCP, it ends every connection before an answer. */
    public NameServer resetConnections(boolean now) {
        resetting = now;
        return this;
    }

    /** How often it was asked about a name, by any type of record. */
    public long asked(String name) {
        return asked.stream().filter((name + ".")::equalsIgnoreCase).count();
    }

    /** Every name that it was asked about, in order. */
    public List<String> asked() {
        return asked;
    }

    private void begin() {
        new Thread(this::serveUdp, "name-server-udp").start();
        new Thread(this::serveTcp, "name-server-tcp").start();
    }

    private void serveUdp() {
        byte[] buffer = new byte[4096];
        while (!udp.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                later(query, () -> {
                    byte[] answer = answer(query).toWire(MOST_OVER_UDP);
                    udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                });
            } catch (IOException ended) {
                // Closed, or not a question.
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try {
                Socket socket = tcp.accept();
                answering.execute(() -> serve(socket));
            } catch (IOException ended) {
                // Closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            if (resetting) {
                socket.setSoLinger(true, 0);
                return;
            }
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] query = new byte[in.readUnsignedShort()];
            in.readFully(query);
            byte[] answer = answer(new Message(query)).toWire(65_535);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(answer.length);
            out.write(answer);
            out.flush();
        } catch (IOException gone) {
            // It asks again, or not.
        }
    }

    private interface Sending {
        void send() throws IOException;
    }

    private void later(Message query, Sending sending) {
        asked.add(query.getQuestion().getName().toString());
        Record question = query.getQuestion();
        if (silent
                || ignored.contains(question.getName())
                || ignoredTypes.contains(question.getName() + " " + question.getType())) {
            return;
        }
        var unused = answering.schedule(
                () -> {
                    try {
                        sending.send();
                    } catch (IOException closed) {
                        // Nobody waits any more.
                    }
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private Message answer(Message query) {
        Record question = query.getQuestion();
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        Integer failure = failures.get(question.getName());
        if (failure != null) {
            answer.getHeader().setRcode(failure);
            return answer;
        }
        List<Record> found = found(question, 0);
        found.forEach(record -> answer.addRecord(record, Section.ANSWER));
        if (found.isEmpty()) {
            if (!records.containsKey(question.getName())) {
                answer.getHeader().setRcode(Rcode.NXDOMAIN);
            }
            answer.addRecord(
                    new SOARecord(Name.root, DClass.IN, 1, Name.root, Name.root, 1, 1, 1, 1, 1), Section.AUTHORITY);
        }
        return answer;
    }

    private List<Record> found(Record question, int aliases) {
        List<Record> known = records.get(question.getName());
        Function<Record, List<Record>> other = otherwise;
        if (known == null) {
            return other == null ? List.of() : other.apply(question);
        }
        List<Record> found = new ArrayList<>();
        for (Record record : known) {
            if (record.getType() == question.getType()) {
                found.add(record);
            } else if (record instanceof CNAMERecord alias && aliases < 20) {
                found.add(record);
                found.addAll(found(Record.newRecord(alias.getTarget(), question.getType(), DClass.IN), aliases + 1));
            }
        }
        return found;
    }

    private static Name name(String text) {
        try {
            return Name.fromString(text.endsWith(".") ? text : text + ".");
        } catch (TextParseException notOne) {
            throw new IllegalArgumentException(notOne);
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (IOException notOne) {
            throw new UncheckedIOException(notOne);
        }
    }

    @Override
    public void close() {
        udp.close();
        answering.shutdownNow();
        try {
            tcp.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

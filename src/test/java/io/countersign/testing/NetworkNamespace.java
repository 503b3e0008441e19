package io.countersign.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A network of its own, with a cable to this machine's. Addresses and names come from the process id, so that others may run
 * the same tests meanwhile.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final String PREFIX = "countersign-";
    private static final int HOSTS_BITS = 4;
    private static final int MOST_NETWORKS = 1 << (24 - HOSTS_BITS);

    private final String name;
    private final String cable;
    private final int network;

    private NetworkNamespace(String name, String cable, int network) {
        this.name = name;
        this.cable = cable;
        this.network = network;
    }

    /** Whether one may be made here: by root, and not everywhere. */
    public static boolean areAllowed() throws IOException, InterruptedException {
        String name = PREFIX + ProcessHandle.current().pid() + "-allowed";
        return Command.isInstalled("ip") && isDone("add", name) && isDone("delete", name);
    }

    private static boolean isDone(String what, String name) throws IOException, InterruptedException {
        return Command.run(Path.of("/"), List.of("ip", "netns", what, name)).exitCode() == 0;
    }

    /** @param number which of this process's, 0 to 3 */
    public static NetworkNamespace make(int number) throws IOException, InterruptedException {
        long process = ProcessHandle.current().pid();
        NetworkNamespace made =
                new NetworkNamespace(PREFIX + process + "-" + number, "cs" + process + "n" + number, (int)
                        ((process * 4 + number) % MOST_NETWORKS));
        removeOrphans();
        ip("netns add " + made.name);
        try {
            made.connect();
            return made;
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            made.close();
            throw failed;
        }
    }

    /** Those of processes that were killed before they could remove them. */
    private static void removeOrphans() throws IOException, InterruptedException {
        Path all = Path.of("/run/netns");
        if (Files.isDirectory(all)) {
            try (Stream<Path> names = Files.list(all)) {
                for (Path each : names.toList()) {
                    String[] parts = each.getFileName().toString().split("-");
                    if (parts.length == 3
                            && (parts[0] + "-").equals(PREFIX)
                            && !Files.exists(Path.of("/proc", parts[1]))) {
                        new NetworkNamespace(each.getFileName().toString(), "cs" + parts[1] + "n" + parts[2], 0)
                                .close();
                    }
                }
            }
        }
    }

    private void connect() throws IOException, InterruptedException {
        ip("link add " + cable + " type veth peer name inside netns " + name);
        ip("-n " + name + " link set lo up");
        end("", cable, 1);
        end("-n " + name + " ", "inside", 2, 3);
    }

    /** A second cable, between two of them; its ends have addresses 1, here, and 2. */
    public Cable connect(NetworkNamespace other, int number) throws IOException, InterruptedException {
        Cable to = new Cable((network / 4 * 4 + number) % MOST_NETWORKS);
        ip("-n " + name + " link add between type veth peer name between netns " + other.name);
        for (int end = 1; end <= 2; end++) {
            String there = "-n " + (end == 1 ? name : other.name);
            ip(there + " address add " + to.ipv4(end) + "/28 dev between");
            ip(there + " link set between up");
        }
        return to;
    }

    /** Addresses of a cable's ends. */
    public record Cable(int network) {
        public String ipv4(int end) {
            int bits = (network << HOSTS_BITS) | end;
            return "10." + (bits >> 16 & 255) + "." + (bits >> 8 & 255) + "." + (bits & 255);
        }
    }

    public static boolean hasIpv6() throws IOException {
        Path off = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");
        return Files.exists(off) && Files.readString(off).strip().equals("0");
    }

    private void end(String where, String device, int... numbers) throws IOException, InterruptedException {
        ip(where + "link set " + device + " addrgenmode none");
        for (int number : numbers) {
            ip(where + "address add " + ipv4(number) + "/28 dev " + device);
            if (hasIpv6()) {
                // "nodad": nobody else can have it, and it is there at once.
                ip(where + "address add " + ipv6(number) + "/64 dev " + device + " nodad");
            }
        }
        if (hasIpv6()) {
            ip(where + "address add " + linkLocal(numbers[0]) + "/64 dev " + device + " nodad");
        }
        ip(where + "link set " + device + " up");
    }

    private static void ip(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ")));
        Command ran = Command.run(Path.of("/"), command);
        if (ran.exitCode() != 0) {
            throw new IOException(command + ": " + ran.output());
        }
    }

    /** {@code 1} is at this machine's end of the cable, {@code 2} and {@code 3} are at the other. */
    public String ipv4(int number) {
        return new Cable(network).ipv4(number);
    }

    public String ipv6(int number) {
        return network6() + number;
    }

    /** Its prefix of 64 bits, with {@code ::} at the end. */
    public String network6() {
        // None of the groups is 0, which would be written otherwise.
        return "fd00:c5:" + Integer.toHexString((network >> 15) | 0x8000) + ":"
                + Integer.toHexString((network & 0x7fff) | 0x8000) + "::";
    }

    /** At either end, {@code 1} and {@code 2}. */
    public static String linkLocal(int number) {
        return "fe80::c5:" + number;
    }

    /** What runs a command inside. */
    public List<String> inside(List<String> command) {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
        inside.addAll(command);
        return inside;
    }

    @Override
    public void close() throws IOException {
        try {
            for (List<String> command :
                    List.of(List.of("ip", "link", "delete", cable), List.of("ip", "netns", "delete", name))) {
                var unused = Command.run(Path.of("/"), command);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

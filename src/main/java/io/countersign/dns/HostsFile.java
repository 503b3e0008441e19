package io.countersign.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.Address;
import org.xbill.DNS.Type;

/**
 * The machine's own table of hosts, which goes before name servers. Looked at again once a second while it is in use; lines
 * that cannot be read say nothing.
 */
final class HostsFile {
    private static final long BETWEEN_LOOKS = 1_000_000_000;

    private final Path file;
    private Map<String, List<InetAddress>> hosts = Map.of();
    private long looked = System.nanoTime() - BETWEEN_LOOKS;
    private FileTime changed = FileTime.fromMillis(0);
    private long size = -1;

    HostsFile(Path file) {
        this.file = file;
    }

    /** Where this kind of system has it. */
    static HostsFile ofTheMachine() {
        String windows = System.getenv("SystemRoot");
        return new HostsFile(
                System.getProperty("os.name").startsWith("Windows") && windows != null
                        ? Path.of(windows, "System32", "drivers", "etc", "hosts")
                        : Path.of("/etc/hosts"));
    }

    /** The addresses that it has for the question, which may be none. */
    synchronized List<InetAddress> addresses(Question question) {
        look();
        boolean ipv4 = question.type() == Type.A;
        return question.type() == Type.PTR
                ? List.of()
                : hosts.getOrDefault(question.words(), List.of()).stream()
                        .filter(address -> address instanceof Inet4Address == ipv4)
                        .toList();
    }

    private void look() {
        if (System.nanoTime() - looked < BETWEEN_LOOKS) {
            return;
        }
        looked = System.nanoTime();
        try {
            FileTime time = Files.getLastModifiedTime(file);
            long length = Files.size(file);
            if (!time.equals(changed) || length != size) {
                hosts = read();
                changed = time;
                size = length;
            }
        } catch (IOException absent) {
            hosts = Map.of();
            size = -1;
        }
    }

    private Map<String, List<InetAddress>> read() throws IOException {
        Map<String, List<InetAddress>> read = new HashMap<>();
        for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
            String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
            byte[] address = address(words[0]);
            for (int i = 1; address != null && i < words.length; i++) {
                try {
                    read.computeIfAbsent(HostName.parse(words[i]).value(), none -> new ArrayList<>())
                            .add(InetAddress.getByAddress(address));
                } catch (IllegalArgumentException noHost) {
                    // Nobody can ask about it.
                }
            }
        }
        return read;
    }

    private static byte[] address(String text) {
        byte[] ipv4 = Address.toByteArray(text, Address.IPv4);
        return ipv4 != null ? ipv4 : Address.toByteArray(text.replaceFirst("%.*", ""), Address.IPv6);
    }
}

package io.countersign.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The distribution as it was built, with a home of its own that plays one of the sample certificates. */
public record Installed(Path home) {
    public static final Path DISTRIBUTION = Path.of("target/countersign").toAbsolutePath();

    /** Its service, in a process of its own. */
    public record Running(Process process, Path log) implements AutoCloseable {
        public boolean isAlive() {
            return process.isAlive();
        }

        public String output() {
            try {
                return Files.readString(log);
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().join();
        }
    }

    /** @param certificate one of {@code certs-sample/} */
    public static Installed in(Path home, int port, String certificate) throws IOException {
        TestHome.copy(DISTRIBUTION.resolve("routes"), home.resolve("routes"), "partners");
        TestHome.copy(DISTRIBUTION.resolve("certs-sample"), home.resolve("certs-sample"), "nothing");
        Files.writeString(
                home.resolve("countersign.properties"),
                "countersign.port = " + port
                        + "\ncountersign.operations-port = 0\ncountersign.certificate = certs-sample/" + certificate
                        + ".crt\ncountersign.key = certs-sample/" + certificate + ".key\n");
        return new Installed(home);
    }

    /** Of those that no outgoing connection takes by itself before the service does. */
    public static int freePort() throws IOException {
        for (int tries = 0; tries < 100; tries++) {
            try (ServerSocket free =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(10_240, 32_768))) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // another, then
            }
        }
        throw new IOException("no port is free");
    }

    /** Knows a partner by the sample certificate of the same name, who listens on a port of this machine. */
    public void partner(String name, int port) throws IOException {
        Path file = home.resolve("routes/partners/" + name + ".camel.yaml");
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, """
                - beans:
                    - name: %1$s
                      type: io.countersign.partner.Partner
                      properties:
                        certificates: certs-sample/%1$s.crt
                        addresses: 127.0.0.0/8, ::1
                        url: https://localhost:%2$d/exchange
                """.formatted(name, port));
    }

    public Path data(String below) {
        return home.resolve("data").resolve(below);
    }

    public Path outbox(String partner) throws IOException {
        return Files.createDirectories(data("outbox/" + partner));
    }

    /** What has come from a partner: SHA-256 by the name, which goes after time and id. */
    public Map<String, String> received(String partner) throws IOException {
        Map<String, String> received = new TreeMap<>();
        for (Path file : files(data("inbox/" + partner))) {
            String name = file.getFileName().toString().split("_", 3)[2];
            if (received.put(name, sha256(Files.readAllBytes(file))) != null) {
                throw new AssertionError(name + " came twice");
            }
        }
        return received;
    }

    /** All files below a folder; none where there is no folder. */
    public static List<Path> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    public static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /** Starts the service and waits until it listens. */
    public Running run() throws IOException {
        Path log = home.resolve("service.log");
        Process process = builder(List.of("run", "--home", home.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Running running = new Running(process, log);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || running.output().contains("listening on"));
        if (!process.isAlive()) {
            throw new IllegalStateException(running.output());
        }
        return running;
    }

    /** Runs a command with this home to its end. */
    public Command command(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--home", home.toString()));
        return Command.run(home, builder(all).command());
    }

    private static ProcessBuilder builder(List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of("env", "JAVA_HOME=" + System.getProperty("java.home"), DISTRIBUTION + "/bin/countersign"));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }
}

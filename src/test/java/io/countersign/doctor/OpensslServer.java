package io.countersign.doctor;

import io.countersign.testing.Certified;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** {@code openssl s_server}, for what JSSE does not speak or say. */
final class OpensslServer implements AutoCloseable {
    private static final Pattern ACCEPT = Pattern.compile("ACCEPT \\S*:(\\d+)");

    private final Process process;
    private final int port;

    private OpensslServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static OpensslServer start(Path folder, Certified identity, List<String> options) {
        try {
            identity.write(folder, "server");
            Path output = folder.resolve("openssl.out");
            List<String> command = new ArrayList<>(List.of(
                    "openssl",
                    "s_server",
                    "-accept",
                    "127.0.0.1:0",
                    "-www",
                    "-cert",
                    "server.crt",
                    "-key",
                    "server.key",
                    "-cert_chain",
                    "server.crt"));
            command.addAll(options);
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> ACCEPT.matcher(Files.readString(output)).find() || !process.isAlive());
            Matcher accept = ACCEPT.matcher(Files.readString(output));
            if (!accept.find()) {
                throw new AssertionError(command + ": " + Files.readString(output));
            }
            return new OpensslServer(process, Integer.parseInt(accept.group(1)));
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

package io.countersign.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A mail server on loopback that takes every mail (RFC 5321, as much of it as that needs), without TLS. */
public final class MailServer implements AutoCloseable {
    private final ServerSocket listening;
    private final List<String> mails = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> serving;

    public MailServer() {
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        // Not in the pool that all share: it may have no thread left for who waits in one.
        serving = CompletableFuture.runAsync(this::serve, server -> new Thread(server, "mail-server").start());
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** What it has got: the envelope's commands, and the mail as it stands. */
    public List<String> mails() {
        return List.copyOf(mails);
    }

    private void serve() {
        while (!listening.isClosed()) {
            try (Socket connection = listening.accept()) {
                converse(connection);
            } catch (IOException ended) {
                // By the client, or by close().
            }
        }
    }

    private void converse(Socket connection) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        say(connection, "220 localhost");
        StringBuilder mail = new StringBuilder();
        @Nullable String line = in.readLine();
        while (line != null && !line.equals("QUIT")) {
            mail.append(line).append('\n');
            if (line.equals("DATA")) {
                say(connection, "354 go on");
                for (line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
                    mail.append(line).append('\n');
                }
                mails.add(mail.toString());
                mail.setLength(0);
            }
            say(connection, "250 localhost");
            line = in.readLine();
        }
        say(connection, "221 bye");
    }

    private static void say(Socket connection, String line) throws IOException {
        connection.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        connection.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        serving.join();
    }
}

package io.countersign.stop;

import io.countersign.testing.Answer;
import io.countersign.testing.Client;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import javax.net.ssl.SSLSocket;

/** A file on its way in of which a test decides when the rest is sent. */
record Upload(SSLSocket socket, String content, int sent) implements AutoCloseable {
    private static final int FIRST = 1_000;

    /** Sends the head and the first bytes. */
    static Upload begin(Client client, int port, String name, int size) throws IOException {
        String content = new Random(name.hashCode())
                .ints(size, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        SSLSocket socket = client.connect(port);
        String head = "PUT /exchange/" + name + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + size + "\r\n\r\n";
        socket.getOutputStream().write((head + content.substring(0, FIRST)).getBytes(StandardCharsets.ISO_8859_1));
        return new Upload(socket, content, FIRST);
    }

    /** Sends the rest, and reads the answer. */
    Answer finish() throws IOException {
        return Client.exchange(socket, content.substring(sent));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

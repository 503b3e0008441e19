package io.countersign.doctor;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A {@code GET} of the url on exactly the terms of sending; where the server is not the right one, nothing is sent. */
final class Request {
    private final Call call;
    private final Network network;

    /** What became of it: an answer, or why there is none. */
    record Result(
            String version,
            @Nullable HttpAnswer answer,
            @Nullable IOException failure) {}

    Request(Call call, Network network) {
        this.call = call;
        this.network = network;
    }

    /** The answer as a whole. */
    Result answer(List<String> versions) {
        return send(versions, network.patience().answer(), HttpAnswer::read);
    }

    /**
     * Whether the connection still stands once the server has our certificate and a request: under TLS 1.3, what it thinks
     * of a certificate comes only then. Somebody who is silent has not refused it.
     */
    Result stands(String version) {
        return send(List.of(version), network.patience().probe(), in -> {
            try {
                if (in.read() < 0) {
                    throw new EOFException("the connection ended");
                }
            } catch (SocketTimeoutException silent) {
                return null;
            }
            return null;
        });
    }

    private interface Reading {
        @Nullable
        HttpAnswer from(InputStream in) throws IOException;
    }

    private Result send(List<String> versions, Duration wait, Reading reading) {
        Duration handshake = network.patience().handshake();
        String version = "";
        boolean standing = false;
        try (Socket connected = network.connect(handshake);
                TimeLimit limit = TimeLimit.on(connected, handshake.plus(wait))) {
            try {
                if (!call.terms().addresses().contains(connected.getInetAddress())) {
                    throw new IOException("the server is not where its file says"); // the name's step has said so
                }
                SSLSocket tls = call.terms().tls().handshake(connected, call.host(), call.port(), versions);
                standing = true;
                version = tls.getSession().getProtocol();
                connected.setSoTimeout((int) wait.toMillis());
                write(tls);
                return new Result(version, reading.from(new BufferedInputStream(tls.getInputStream())), null);
            } catch (IOException failed) {
                return new Result(
                        version,
                        null,
                        limit.isOver()
                                ? new SocketTimeoutException(standing ? "no answer in time" : "no handshake in time")
                                : failed);
            }
        } catch (IOException notConnected) {
            return new Result(version, null, notConnected);
        }
    }

    private void write(SSLSocket tls) throws IOException {
        String head = "GET " + call.path() + " HTTP/1.1\r\nHost: " + call.authority()
                + "\r\nUser-Agent: Countersign-doctor\r\nAccept: application/json, application/problem+json, */*\r\n"
                + "Connection: close\r\n\r\n";
        tls.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        tls.getOutputStream().flush();
    }
}

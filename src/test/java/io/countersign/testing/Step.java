package io.countersign.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.apache.camel.util.json.JsonObject;

/** What a {@link ScriptedServer} does with the next request, or with the next connection instead of a handshake. */
public sealed interface Step {
    /** The connection stays open for more requests if the body was read wholly and nothing says otherwise. */
    record OnRequest(Play<Seen> play) implements Step {}

    record AtConnect(Play<Socket> play) implements Step {}

    interface Play<T> {
        void with(T it) throws IOException;
    }

    static OnRequest onRequest(Play<Seen> play) {
        return new OnRequest(play);
    }

    static AtConnect atConnect(Play<Socket> play) {
        return new AtConnect(play);
    }

    /** Takes the file and answers by a receipt, as Countersign does. */
    static OnRequest accept() {
        return accept(UnaryOperator.identity());
    }

    static OnRequest accept(UnaryOperator<JsonObject> receipt) {
        return onRequest(request -> {
            request.readWhole();
            request.write(accepted(request, receipt));
        });
    }

    private static byte[] accepted(Seen request, UnaryOperator<JsonObject> change) {
        JsonObject receipt = change.apply(request.receipt());
        return request.answerOf(
                201,
                Map.of("Content-Type", "application/json", "Location", "/exchange/receipts/" + receipt.get("id")),
                receipt.toJson() + "\n");
    }

    /** Answers when the body was read. */
    static OnRequest answer(int status, Map<String, String> headers, String body) {
        return onRequest(request -> {
            request.readWhole();
            request.answer(status, headers, body);
        });
    }

    /** Answers instead of reading the body, and closes; a body that comes all the same may cost the client the answer. */
    static OnRequest refuseBeforeBody(int status, Map<String, String> headers, String body) {
        Map<String, String> closing = new HashMap<>(headers);
        closing.putIfAbsent("Connection", "close");
        return onRequest(request -> {
            request.answer(status, closing, body);
            request.close();
        });
    }

    static AtConnect silentAtConnect() {
        return atConnect(connection -> Seen.staySilent(connection));
    }

    static OnRequest silentAfterHead() {
        return onRequest(request -> request.staySilent());
    }

    static OnRequest silentAfterBody() {
        return onRequest(request -> {
            request.readWhole();
            request.staySilent();
        });
    }

    static AtConnect resetAtConnect() {
        return atConnect(connection -> Seen.reset(connection));
    }

    /** @param bytes of the body that are read first */
    static OnRequest resetAfterBody(long bytes) {
        return onRequest(request -> {
            request.read(bytes);
            request.reset();
        });
    }

    /** @param bytes of the answer, its head included, that are sent first */
    static OnRequest resetAfterAnswer(int bytes) {
        return onRequest(request -> {
            request.readWhole();
            byte[] answer = accepted(request, UnaryOperator.identity());
            request.write(Arrays.copyOf(answer, Math.min(bytes, answer.length)));
            request.reset();
        });
    }

    /** Accepts in the end, having read so many bytes at a time with a pause after each. */
    static OnRequest slowReader(int bytes, Duration pause) {
        return onRequest(request -> {
            request.read(bytes);
            while (!request.whole()) {
                LockSupport.parkNanos(pause.toNanos());
                request.read(bytes);
            }
            request.write(accepted(request, UnaryOperator.identity()));
        });
    }

    /** @param bytes of the body after which it reads no more, and says nothing */
    static OnRequest stopsReading(long bytes) {
        return onRequest(request -> {
            request.read(bytes);
            request.staySilent();
        });
    }

    /** Answers a ClientHello as who speaks no version that the client offers; JSSE no longer speaks TLS 1.1 to say so. */
    static AtConnect noCommonVersion() {
        return atConnect(socket -> {
            DataInputStream hello = new DataInputStream(socket.getInputStream());
            hello.readNBytes(3);
            hello.readNBytes(hello.readUnsignedShort());
            socket.getOutputStream().write(new byte[] {21, 3, 2, 0, 2, 2, 70}); // fatal protocol_version
        });
    }
}

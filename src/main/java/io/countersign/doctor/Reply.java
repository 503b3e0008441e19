package io.countersign.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** What a server says first, to a {@link ClientHello} or to something else. */
sealed interface Reply {
    /** It goes on with the handshake; the group is the one that it asks for, or 0. */
    record Hello(int version, int suite, int group) implements Reply {}

    record Alert(int description) implements Reply {}

    /** Something that is no TLS. */
    record Other(String text) implements Reply {}

    /** It has closed, or reset, the connection. */
    record Ended(boolean reset) implements Reply {}

    /** It says nothing in time. */
    record Silent() implements Reply {}

    int HANDSHAKE = 22;
    int ALERT = 21;
    int SERVER_HELLO = 2;
    int LONGEST = 16_384 + 256;
    int MOST_TEXT = 60;

    static Reply to(byte[] sent, Network network) {
        Duration wait = network.patience().probe();
        try (Socket socket = network.connect(wait);
                TimeLimit limit = TimeLimit.on(socket, wait)) {
            try {
                socket.getOutputStream().write(sent);
                return read(socket.getInputStream());
            } catch (IOException broken) {
                return limit.isOver() || broken instanceof SocketTimeoutException ? new Silent() : new Ended(true);
            }
        } catch (IOException notConnected) {
            return new Ended(true);
        }
    }

    private static Reply read(InputStream in) throws IOException {
        byte[] head = in.readNBytes(5);
        if (head.length == 0) {
            return new Ended(false);
        }
        int length = head.length < 5 ? 0 : ByteBuffer.wrap(head).getShort(3) & 0xffff;
        boolean record = head.length == 5 && head[1] == 3 && length > 0 && length <= LONGEST;
        if (record && head[0] == ALERT) {
            byte[] alert = in.readNBytes(2);
            return alert.length < 2 ? new Ended(false) : new Alert(alert[1] & 0xff);
        }
        if (record && head[0] == HANDSHAKE) {
            byte[] message = in.readNBytes(length);
            return message.length > 0 && message[0] == SERVER_HELLO ? hello(message) : new Ended(false);
        }
        byte[] more = new byte[MOST_TEXT];
        int read = head.length < 5 || in.available() == 0 ? 0 : in.read(more);
        byte[] all = Arrays.copyOf(head, head.length + Math.max(read, 0));
        System.arraycopy(more, 0, all, head.length, Math.max(read, 0));
        return new Other(new String(all, StandardCharsets.ISO_8859_1));
    }

    /** RFC 8446, 4.1.3: what a HelloRetryRequest is, too. */
    private static Reply hello(byte[] message) {
        try {
            ByteBuffer in = ByteBuffer.wrap(message).position(4);
            int version = in.getShort() & 0xffff;
            in.position(in.position() + 32);
            in.position(in.position() + 1 + (in.get(in.position()) & 0xff));
            int suite = in.getShort() & 0xffff;
            in.get();
            int group = 0;
            if (in.remaining() > 2) {
                in.getShort();
            }
            while (in.remaining() >= 4) {
                int kind = in.getShort() & 0xffff;
                int length = in.getShort() & 0xffff;
                int next = in.position() + length;
                if (kind == 43 && length == 2) {
                    version = in.getShort() & 0xffff;
                } else if (kind == 51 && length >= 2) {
                    group = in.getShort() & 0xffff;
                }
                in.position(next);
            }
            return new Hello(version, suite, group);
        } catch (IndexOutOfBoundsException | IllegalArgumentException | java.nio.BufferUnderflowException broken) {
            return new Other(new String(message, 0, Math.min(message.length, MOST_TEXT), StandardCharsets.ISO_8859_1));
        }
    }
}

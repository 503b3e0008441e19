package io.countersign.dns;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.io.TcpIoClient;

/**
 * Asks over TCP what does not fit into a datagram, each question on a connection of its own: the library's one connection for
 * all of them stays open when nothing comes over it any more.
 */
final class TcpQuestions implements TcpIoClient {
    @Override
    public CompletableFuture<byte[]> sendAndReceiveTcp(
            @Nullable InetSocketAddress local, InetSocketAddress remote, Message query, byte[] data, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        try {
            AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
            var unused = answer.whenComplete((bytes, failure) -> close(channel));
            var unusedEither = answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
            channel.connect(remote, answer, new Step<>(connected -> new Connection(channel, answer).ask(data)));
        } catch (IOException | RuntimeException unusable) {
            answer.completeExceptionally(unusable);
        }
        return answer;
    }

    private record Connection(AsynchronousSocketChannel channel, CompletableFuture<byte[]> answer) {
        void ask(byte[] data) {
            write(ByteBuffer.allocate(Short.BYTES + data.length)
                    .putShort((short) data.length)
                    .put(data)
                    .flip());
        }

        private void write(ByteBuffer question) {
            if (question.hasRemaining()) {
                channel.write(question, answer, new Step<>(written -> write(question)));
            } else {
                read(ByteBuffer.allocate(Short.BYTES));
            }
        }

        /** First the length, then so many bytes. */
        private void read(ByteBuffer part) {
            if (part.hasRemaining()) {
                channel.read(part, answer, new Step<>(read -> goOn(part, read)));
            } else if (part.capacity() == Short.BYTES) {
                read(ByteBuffer.allocate(Math.max(part.flip().getShort() & 0xffff, Short.BYTES + 1)));
            } else {
                byte[] whole = new byte[part.flip().remaining()];
                part.get(whole);
                answer.complete(whole);
            }
        }

        private void goOn(ByteBuffer part, int read) {
            if (read < 0) {
                answer.completeExceptionally(new EOFException("the name server ended the connection"));
            } else {
                read(part);
            }
        }
    }

    /** What comes next, unless it has failed. */
    private record Step<R>(Consumer<R> next) implements CompletionHandler<R, CompletableFuture<byte[]>> {
        @Override
        public void completed(R result, CompletableFuture<byte[]> answer) {
            try {
                next.accept(result);
            } catch (RuntimeException closed) {
                answer.completeExceptionally(closed);
            }
        }

        @Override
        public void failed(Throwable failure, CompletableFuture<byte[]> answer) {
            answer.completeExceptionally(failure);
        }
    }

    private static void close(AsynchronousSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException closed) {
            // Nothing more was to come over it.
        }
    }
}

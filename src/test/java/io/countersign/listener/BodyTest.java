package io.countersign.listener;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

class BodyTest {
    private static final int SIZE = 5 * Body.AT_ONCE / 2;

    private final List<Integer> turns = new ArrayList<>();

    /** One of whom there is always more would otherwise keep its thread, and all others waiting. */
    @Test
    void whatIsAllThereComesInTurns() throws Exception {
        Server server = new Server();
        LocalConnector connector = new LocalConnector(
                server, new FewThreads(server.getThreadPool(), 2), null, null, 1, new HttpConnectionFactory());
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(new ServletHolder(new Taking()), "/*");
        server.setHandler(context);
        server.start();
        try {
            String answer =
                    connector.getResponse("PUT / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                            + SIZE + "\r\n\r\n" + "x".repeat(SIZE));
            assertThat(answer).startsWith("HTTP/1.1 200 ");
            assertThat(turns).hasSize(3).allSatisfy(size -> assertThat(size).isLessThan(Body.AT_ONCE + 64 * 1024));
            assertThat(turns.stream().mapToInt(Integer::intValue).sum()).isEqualTo(SIZE);
        } finally {
            server.stop();
        }
    }

    private final class Taking extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPut(HttpServletRequest request, HttpServletResponse response) {
            Body body = new Body(request);
            while (takeTurn(body)) {
                CompletableFuture<Void> more = new CompletableFuture<>();
                body.whenMore(() -> more.complete(null));
                more.join();
            }
        }

        /** @return whether there is more */
        private boolean takeTurn(Body body) {
            int size = 0;
            try {
                ByteBuffer bytes = body.next();
                while (bytes != null && bytes.hasRemaining()) {
                    size += bytes.remaining();
                    bytes = body.next();
                }
                turns.add(size);
                return bytes != null;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}

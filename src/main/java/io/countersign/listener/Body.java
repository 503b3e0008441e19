package io.countersign.listener;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;

/**
 * A request's body, opened by whoever reads first: opening it is what makes Jetty send {@code 100 Continue}, and a caller
 * that is refused should not be asked for its payload before.
 */
final class Body extends InputStream {
    private final HttpServletRequest request;

    Body(HttpServletRequest request) {
        this.request = request;
    }

    @Override
    public int read() throws IOException {
        return request.getInputStream().read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return request.getInputStream().read(buffer, offset, length);
    }
}

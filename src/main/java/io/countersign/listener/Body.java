package io.countersign.listener;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;

/**
 * A request's body, opened by whoever reads first: opening it is what makes Jetty send {@code 100 Continue}, and a caller
 * that is refused should not be asked for its payload before.
 */
final class Body extends InputStream {
    /** The request attribute that says so, once it has been. */
    static final String OPENED = "io.countersign.body-opened";

    private final HttpServletRequest request;

    Body(HttpServletRequest request) {
        this.request = request;
    }

    @Override
    public int read() throws IOException {
        return opened().read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return opened().read(buffer, offset, length);
    }

    private InputStream opened() throws IOException {
        request.setAttribute(OPENED, true);
        return request.getInputStream();
    }
}

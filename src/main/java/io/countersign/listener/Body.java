package io.countersign.listener;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

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
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            return opened().read(buffer, offset, length);
        } catch (IOException failed) {
            String why = StrictHttp.whyGivenUp(ServletContextRequest.getServletContextRequest(request));
            throw why == null ? failed : new ProtocolException(why);
        }
    }

    private InputStream opened() throws IOException {
        request.setAttribute(OPENED, true);
        return request.getInputStream();
    }
}

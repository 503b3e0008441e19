package io.countersign.listener;

import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/** Ends connections, each at a point where nobody is misled: whoever is just reading of it goes on. */
final class Ending {
    private Ending() {}

    /** One that has yet to end its handshake; {@link FirstBytes} or {@link HandshakeFailures} then tell of it. */
    static void ofHandshake(LimitedEndPoint connection, String why) {
        connection.endedBecause(why);
        TimeoutException end = new TimeoutException(why);
        if (connection.getConnection() instanceof FirstBytes) {
            var unused = connection.getFillInterest().onFail(end);
        }
        connection.close(end);
    }

    /** One of which no request has come yet, or no other; not where one begins at this moment. */
    static boolean ofIdle(LimitedEndPoint connection) {
        HttpConnection http = http(connection);
        return http != null && http.getParser().isStart() && fail(http, new IdleException());
    }

    /** One whose request does not come to the end of its header. */
    static void ofHeader(HttpConnection http, String why) {
        var unused = fail(http, new LateHeaderException(why));
    }

    /** One whose body does not come: whoever reads it is told, and answers. */
    static void ofBody(HttpConnection http, String why) {
        if (http.onIdleExpired(new TimeoutException(why))) {
            http.close();
        }
    }

    private static boolean fail(HttpConnection http, TimeoutException why) {
        return http.getEndPoint() instanceof AbstractEndPoint endPoint
                && endPoint.getFillInterest().onFail(why);
    }

    /** None where it does not speak HTTP yet. */
    static @Nullable HttpConnection http(LimitedEndPoint connection) {
        Connection speaks = connection.getConnection();
        EndPoint decrypted = speaks instanceof SslConnection ssl ? ssl.getSslEndPoint() : null;
        Connection inner = decrypted == null ? speaks : decrypted.getConnection();
        return inner instanceof HttpConnection http ? http : null;
    }

    /** Nothing has come. */
    static final class IdleException extends TimeoutException {
        IdleException() {
            super("nothing has come");
        }
    }

    /** Too little has come. */
    static final class LateHeaderException extends TimeoutException {
        LateHeaderException(String why) {
            super(why);
        }
    }
}

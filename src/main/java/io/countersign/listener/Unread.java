package io.countersign.listener;

import java.util.Objects;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator of answers that did not reach their callers: nobody else would. */
final class Unread {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");

    private Unread() {}

    /** @param connection that the answer was for */
    static void tell(int status, @Nullable EndPoint connection, Throwable gone) {
        String ended = LimitedEndPoint.why(connection);
        String why = ended == null ? Objects.requireNonNullElse(gone.getMessage(), "the connection has gone") : ended;
        LOG.info("status {} did not reach its caller: {}", status, why);
    }
}

package io.countersign.listener;

import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/** A connection's end points, which wrap each other: TLS what comes over it, and that what has named its caller. */
final class Wrapped {
    private Wrapped() {}

    /** The outermost one of a kind; none where there is none. */
    static <T extends EndPoint> @Nullable T find(@Nullable EndPoint outermost, Class<T> kind) {
        EndPoint each = outermost;
        while (each != null && !kind.isInstance(each)) {
            each = each instanceof EndPoint.Wrapper wrapper ? wrapper.unwrap() : null;
        }
        return each == null ? null : kind.cast(each);
    }

    /** The one of the socket itself. */
    static EndPoint innermost(EndPoint outermost) {
        EndPoint inner = outermost;
        while (inner instanceof EndPoint.Wrapper wrapper) {
            inner = wrapper.unwrap();
        }
        return inner;
    }
}

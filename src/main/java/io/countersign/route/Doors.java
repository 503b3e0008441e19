package io.countersign.route;

import org.apache.camel.Consumer;

/** The listeners, as far as replacing a route that begins at one concerns them. */
public interface Doors {
    /** A change of routes, during which requests wait to be given to one, and no listener closes. */
    interface Change {
        void make() throws Exception;
    }

    void whileHeld(Change change) throws Exception;

    /**
     * Gives a listener's route no more requests; what it has goes on.
     *
     * @return whether it is a listener's route
     */
    boolean close(Consumer consumer) throws Exception;

    /** Undoes {@link #close}. */
    void open(Consumer consumer) throws Exception;
}

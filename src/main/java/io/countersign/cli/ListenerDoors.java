package io.countersign.cli;

import io.countersign.listener.Listeners;
import io.countersign.route.Doors;
import org.apache.camel.Consumer;
import org.apache.camel.http.common.HttpConsumer;

/** What the routes need of the listeners, so that neither knows the other. */
record ListenerDoors(Listeners listeners) implements Doors {
    @Override
    public void whileHeld(Change change) throws Exception {
        listeners.whileHeld(() -> {
            change.make();
            return true;
        });
    }

    @Override
    public boolean close(Consumer consumer) throws Exception {
        boolean ours =
                consumer instanceof HttpConsumer http && http.getEndpoint().getComponent() == listeners;
        if (ours) {
            listeners.disconnect((HttpConsumer) consumer);
        }
        return ours;
    }

    @Override
    public void open(Consumer consumer) throws Exception {
        listeners.connect((HttpConsumer) consumer);
    }
}

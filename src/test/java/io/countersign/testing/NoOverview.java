package io.countersign.testing;

import io.countersign.operations.Overview;
import io.countersign.refusal.Event;
import java.util.List;

/** Of a service that has nothing yet. */
public class NoOverview implements Overview {
    @Override
    public List<String> listeners() {
        return List.of();
    }

    @Override
    public boolean isStopping() {
        return false;
    }

    @Override
    public List<PartnerLine> partners() {
        return List.of();
    }

    @Override
    public List<WaitingLine> waiting() {
        return List.of();
    }

    @Override
    public List<String> unsendable() {
        return List.of();
    }

    @Override
    public List<String> complaints() {
        return List.of();
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public List<Event> refusals() {
        return List.of();
    }
}

package io.countersign.cli;

import io.countersign.operations.Overview;
import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners;
import io.countersign.refusal.Event;
import io.countersign.refusal.Refusals;
import io.countersign.send.Attempts;
import io.countersign.sighting.Sightings;
import io.countersign.sighting.Use;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What the parts of a service know, for its status page. */
final class WholeService implements Overview {
    private final Service service;
    private final Partners partners;
    private final Sightings sightings;
    private final Refusals refusals;
    private final Supplier<Optional<Attempts>> attempts;
    private final BooleanSupplier stopping;

    WholeService(
            Service service,
            Partners partners,
            Sightings sightings,
            Refusals refusals,
            Supplier<Optional<Attempts>> attempts,
            BooleanSupplier stopping) {
        this.service = service;
        this.partners = partners;
        this.sightings = sightings;
        this.refusals = refusals;
        this.attempts = attempts;
        this.stopping = stopping;
    }

    @Override
    public List<String> listeners() {
        return service.addresses();
    }

    @Override
    public boolean isStopping() {
        return stopping.getAsBoolean();
    }

    @Override
    public List<PartnerLine> partners() {
        return partners.all().stream().map(this::line).toList();
    }

    private PartnerLine line(KnownPartner partner) {
        Optional<Use> last = sightings.uses(partner.id()).stream().findFirst();
        URI url = partner.server().url();
        return new PartnerLine(
                partner.id(),
                partner.enabled(),
                partner.maxSize(),
                url == null ? null : url.toString(),
                partner.dated(),
                last.map(Use::at).orElse(null),
                last.map(Use::address).orElse(null));
    }

    @Override
    public List<WaitingLine> waiting() {
        return attempts.get().map(Attempts::waitingFiles).orElse(List.of()).stream()
                .map(file -> new WaitingLine(
                        file.partner(),
                        file.path(),
                        file.size(),
                        file.attempts(),
                        file.since(),
                        file.next(),
                        file.reason()))
                .toList();
    }

    @Override
    public List<String> unsendable() {
        return attempts.get().map(Attempts::troubles).orElse(List.of());
    }

    @Override
    public List<String> complaints() {
        return service.complaints();
    }

    @Override
    public List<String> warnings() {
        return service.warnings();
    }

    @Override
    public List<Event> refusals() {
        return refusals.events();
    }
}

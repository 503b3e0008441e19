package io.countersign.partner;

import io.countersign.tls.Authorities;
import io.countersign.tls.Dated;
import io.countersign.tls.Dated.Kind;
import io.countersign.tls.Identity;
import io.countersign.tls.ServerTrust;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a partner's file names that ends at some time, each with the file that the partner's file names for it. */
final class PartnerDates {
    private final String id;

    private PartnerDates(String id) {
        this.id = id;
    }

    static List<Dated> of(
            String id, Partner partner, List<Pin> pins, @Nullable Authorities authorities, PartnerServer server) {
        PartnerDates dates = new PartnerDates(id);
        ServerTrust trust = server.trust();
        Identity identity = server.identity();
        return Stream.of(
                        pins.stream().map(dates::of),
                        dates.of(
                                Kind.PARTNER_AUTHORITY,
                                authorities == null ? Set.of() : authorities.certificates(),
                                certificate -> text(partner.authority())),
                        dates.of(
                                Kind.PARTNER_SERVER,
                                trust == null ? Set.of() : trust.pins(),
                                certificate -> text(partner.serverTrust())),
                        identity == null
                                ? Stream.<Dated>empty()
                                : Dated.of(Kind.PARTNER_IDENTITY, id, text(partner.certificate()), identity).stream())
                .flatMap(Function.identity())
                .toList();
    }

    /** For as long as the pin counts. */
    private Dated of(Pin pin) {
        Dated whole = Dated.of(Kind.PARTNER_PIN, id, pin.file(), pin.certificate());
        return whole.within(pin.begins(), pin.ends());
    }

    private Stream<Dated> of(
            Kind kind, Collection<X509Certificate> certificates, Function<X509Certificate, String> file) {
        return certificates.stream().map(certificate -> Dated.of(kind, id, file.apply(certificate), certificate));
    }

    private static String text(@Nullable String property) {
        return property == null ? "" : property.strip();
    }
}

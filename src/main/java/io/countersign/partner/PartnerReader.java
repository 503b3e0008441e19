package io.countersign.partner;

import io.countersign.address.AddressCheck;
import io.countersign.address.AllowedAddresses;
import io.countersign.revocation.RevocationLists;
import io.countersign.settings.ByteSize;
import io.countersign.settings.Problems;
import io.countersign.tls.Authorities;
import io.countersign.tls.Certificates;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import io.countersign.tls.Reading;
import io.countersign.tls.Strength;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns what a partner's file says into a {@link KnownPartner}, or into problems that name file, partner and property. */
final class PartnerReader {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");
    /** Where a caller that nobody identifies may hand over files, those lie under this name. */
    private static final String RESERVED = "anyone";

    private final Path home;
    private final Problems problems;
    private final Reading reading;

    PartnerReader(Path home, Problems problems, Reading reading) {
        this.home = home;
        this.problems = problems;
        this.reading = reading;
    }

    /** @param file where the partner is described, for messages */
    @Nullable
    KnownPartner read(String id, String file, Partner partner) {
        Problems own = new Problems();
        if (!ID.matcher(id).matches() || id.equals(RESERVED)) {
            own.add(
                    "name",
                    "'" + id
                            + "' cannot be a partner's name; accepted: up to 63 letters, digits, '-' and '_', but not '"
                            + RESERVED + "'");
        }
        CertificateName name = name(partner, own);
        List<Pin> pins = pins(id, partner, own);
        Authorities authorities = authorities(partner, own);
        PartnerServer server = new PartnerServerReader(home, own, reading).read(partner);
        KnownPartner known = new KnownPartner(
                id,
                partner.enabled(),
                addresses(id, partner, own),
                maxSize(partner, own),
                PartnerLimits.read(partner, own),
                pins,
                authorities == null ? Set.of() : authorities.authorities(),
                authorities == null ? List.of() : List.copyOf(authorities.certificates()),
                name,
                server,
                PartnerDates.of(id, partner, pins, authorities, server));
        if (!partner.verifyHost()) {
            problems.warn("partner " + id, "the host of its server is not verified (verifyHost: false)");
        }
        own.found().forEach(problem -> problems.add(file + ", partner " + id, problem));
        return own.isEmpty() ? known : null;
    }

    private static @Nullable CertificateName name(Partner partner, Problems own) {
        boolean pinned = partner.certificates() != null;
        boolean named = partner.subject() != null || partner.san() != null;
        if (pinned && (named || partner.authority() != null)) {
            own.add("certificates", "pinned certificates and authority, subject or san exclude each other");
        } else if (partner.subject() != null && partner.san() != null) {
            own.add("subject", "subject and san exclude each other");
        } else if (partner.authority() != null && !named) {
            own.add("authority", "needs a subject or a san; alone it would make everybody under it this partner");
        } else if (!pinned && !named) {
            own.add(
                    "certificates",
                    "missing: nothing says which certificate is this partner's; accepted: certificates, or"
                            + " subject or san with or without authority");
        }
        try {
            if (partner.subject() != null) {
                return CertificateName.subject(partner.subject());
            }
            return partner.san() == null ? null : CertificateName.san(partner.san());
        } catch (IllegalArgumentException notOne) {
            own.add(partner.subject() != null ? "subject" : "san", String.valueOf(notOne.getMessage()));
            return null;
        }
    }

    private List<Pin> pins(String id, Partner partner, Problems own) {
        List<Pin> pins = new ArrayList<>();
        if (partner.certificates() == null) {
            return pins;
        }
        for (String text : partner.certificates().split(",", -1)) {
            if (text.isBlank()) {
                own.add("certificates", "'" + partner.certificates() + "' has an empty entry");
                continue;
            }
            String hint = "";
            try {
                PinEntry entry = PinEntry.parse(text);
                hint = entry.hint();
                for (X509Certificate pin : Certificates.leaves(
                        PemFile.read(path(entry.file()), reading).certificates())) {
                    Strength.check(pin);
                    warn(id, entry.file(), pin);
                    add(new Pin(pin, entry.file(), entry.from(), entry.until()), pins, own);
                }
            } catch (KeyMaterialException | CertificateException | IllegalArgumentException unusable) {
                own.add("certificates", unusable.getMessage() + hint);
            }
        }
        PinCoverage.gap(pins, Instant.now()).ifPresent(gap -> problems.warn("partner " + id, gap));
        return pins;
    }

    /** The same certificate with other dates would be a second opinion on when it counts. */
    private static void add(Pin pin, List<Pin> pins, Problems own) {
        pins.stream()
                .filter(other -> other.certificate().equals(pin.certificate()))
                .findFirst()
                .ifPresentOrElse(
                        other -> own.add(
                                "certificates",
                                "the certificate " + Certificates.name(pin.certificate()) + " is pinned twice, by "
                                        + other.file() + " and by " + pin.file() + "; accepted: once"),
                        () -> pins.add(pin));
    }

    private void warn(String id, String file, X509Certificate pin) throws CertificateException {
        if (!Certificates.allowsClientAuthentication(pin)) {
            problems.warn("partner " + id, file + " is pinned although its purposes lack clientAuth");
        }
        if (pin.getNotAfter().toInstant().isBefore(Instant.now())) {
            problems.warn(
                    "partner " + id, file + " expired on " + pin.getNotAfter().toInstant() + " and admits nobody");
        }
    }

    private @Nullable Authorities authorities(Partner partner, Problems own) {
        if (partner.authority() == null) {
            return null;
        }
        try {
            if (!RevocationLists.read(path(partner.authority())).lists().isEmpty()) {
                own.add("authority", partner.authority() + " holds a revocation list; accepted: in countersign.trust");
            }
            return Authorities.read(path(partner.authority()), reading);
        } catch (KeyMaterialException | IllegalArgumentException unusable) {
            own.add("authority", String.valueOf(unusable.getMessage()));
            return null;
        }
    }

    private AddressCheck addresses(String id, Partner partner, Problems own) {
        AddressCheck.Kind kind = AddressCheck.Kind.LISTED;
        AllowedAddresses listed = AllowedAddresses.NOWHERE;
        try {
            kind = partner.addressCheck() == null
                    ? kind
                    : AddressCheck.Kind.parse(partner.addressCheck().strip());
        } catch (IllegalArgumentException notOne) {
            own.add("addressCheck", String.valueOf(notOne.getMessage()));
        }
        try {
            listed = AllowedAddresses.parse(partner.addresses() == null ? "" : partner.addresses());
        } catch (IllegalArgumentException wrong) {
            own.add("addresses", String.valueOf(wrong.getMessage()));
        }
        if (kind == AddressCheck.Kind.CERTIFICATE && partner.addresses() != null) {
            problems.warn("partner " + id, "addresses is not looked at (addressCheck: certificate)");
        }
        return new AddressCheck(kind, listed);
    }

    private static long maxSize(Partner partner, Problems own) {
        try {
            return partner.maxSize() == null ? Long.MAX_VALUE : ByteSize.parse(partner.maxSize());
        } catch (IllegalArgumentException wrong) {
            own.add("maxSize", String.valueOf(wrong.getMessage()));
            return 0;
        }
    }

    /** @throws IllegalArgumentException where the text is empty, which would be the home folder, or cannot be a path */
    private Path path(String text) {
        return path(home, text);
    }

    static Path path(Path home, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("is empty; accepted: a file");
        }
        try {
            return home.resolve(text.strip());
        } catch (InvalidPathException notOne) {
            throw new IllegalArgumentException("cannot be a path: " + notOne.getReason(), notOne);
        }
    }
}

package io.countersign.tls;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The company's own certificate and key, as a bean of {@code routes/tls.camel.yaml}: either PEM ({@code certificate},
 * {@code key}, and {@code keyPassword} where the key is encrypted) or PKCS#12 ({@code keystore}, {@code
 * keystorePassword}). A next one ({@code nextCertificate}, {@code nextKey}) takes over at {@code nextFrom}. Blank properties
 * count as not set.
 *
 * <p>What was read stays in force until {@link #renew} has read another and found all of it good.
 */
public final class CompanyIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(CompanyIdentity.class);

    private final AtomicReference<@Nullable Identity> told = new AtomicReference<>();
    private @Nullable String certificate;
    private @Nullable String key;
    private @Nullable String keyPassword;
    private @Nullable String keystore;
    private @Nullable String keystorePassword;
    private @Nullable String nextCertificate;
    private @Nullable String nextKey;
    private @Nullable String nextFrom;
    private Clock clock = Clock.systemUTC();
    private volatile @Nullable Own own;
    private Reading reading = new Reading();

    /** What else must hold of an identity. */
    public interface Check {
        void check(Identity identity) throws KeyMaterialException;
    }

    /** @param from when {@code next} takes over; never where there is none */
    private record Own(Identity current, @Nullable Identity next, Instant from) {
        Identity at(Instant now) {
            boolean due = next != null && (!now.isBefore(from) || !current.isValid(now)) && next.isValid(now);
            return due ? Objects.requireNonNull(next) : current;
        }
    }

    public void setCertificate(String certificate) {
        this.certificate = certificate;
    }

    public void setKey(String key) {
        this.key = key;
    }

    /** Opens {@link #setKey} and {@link #setNextKey}, where they are encrypted. */
    public void setKeyPassword(String keyPassword) {
        this.keyPassword = keyPassword;
    }

    /** A PKCS#12 file; where it is set, {@link #setCertificate} and {@link #setKey} are not looked at. */
    public void setKeystore(String keystore) {
        this.keystore = keystore;
    }

    public void setKeystorePassword(String keystorePassword) {
        this.keystorePassword = keystorePassword;
    }

    /** The certificate that takes over, PEM. */
    public void setNextCertificate(String nextCertificate) {
        this.nextCertificate = nextCertificate;
    }

    public void setNextKey(String nextKey) {
        this.nextKey = nextKey;
    }

    /** When the next one takes over: a date (its beginning, UTC) or an RFC 3339 time; blank: when it becomes valid. */
    public void setNextFrom(String nextFrom) {
        this.nextFrom = nextFrom;
    }

    /** By which certificates are valid or not, and the next one takes over. */
    public void useClock(Clock clock) {
        this.clock = clock;
    }

    /**
     * The identity in force.
     *
     * @throws KeyMaterialException where none has been yet, and the files cannot be used
     */
    public Identity inForce() throws KeyMaterialException {
        Own now = own;
        if (now == null) {
            renew(Authorities.of(List.of()), identity -> {});
            now = Objects.requireNonNull(own);
        }
        Identity identity = now.at(clock.instant());
        Identity before = told.getAndSet(identity);
        if (!identity.equals(before) && !Acceptance.namesHosts(identity)) {
            LOG.warn(
                    "the company's certificate {} has no subject alternative name: clients that check the host refuse it",
                    Certificates.name(identity.certificate()));
        }
        return identity;
    }

    /** The one that will take over, if there is one and it has not. */
    public @Nullable Identity next() {
        Own now = own;
        return now == null || now.at(clock.instant()).equals(now.next()) ? null : now.next();
    }

    /** Whether the files hold something else than when they were last read, and are not being written. */
    public synchronized boolean hasChanged() {
        return reading.hasSettledOtherwise();
    }

    /**
     * Reads the files, and brings what they hold into force if all of it can be used.
     *
     * @param known certificates of authorities, by which a chain may be found to lack one
     * @param check what else must hold
     * @throws KeyMaterialException where something cannot; what was in force stays so
     */
    public synchronized void renew(Authorities known, Check check) throws KeyMaterialException {
        Reading fresh = new Reading();
        reading = fresh;
        Identity current = isSet(keystore)
                ? Identity.read(Path.of(orEmpty(keystore)), keystorePassword, fresh)
                : Identity.read(Path.of(orEmpty(certificate)), Path.of(orEmpty(key)), keyPassword, fresh);
        Path file = Path.of(isSet(keystore) ? orEmpty(keystore) : orEmpty(certificate));
        current.checkWhole(file, known, own == null ? null : own.current());
        current.checkValid(file, clock.instant());
        Acceptance.asServer(file, current);
        Own renewed = withNext(current, known, fresh);
        check.check(current);
        if (renewed.next() != null) {
            check.check(renewed.next());
        }
        own = renewed;
    }

    private Own withNext(Identity current, Authorities known, Reading fresh) throws KeyMaterialException {
        if (!isSet(nextCertificate)) {
            return new Own(current, null, Instant.MAX);
        }
        Path file = Path.of(orEmpty(nextCertificate));
        Identity next = Identity.read(file, Path.of(orEmpty(nextKey)), keyPassword, fresh);
        next.checkWhole(file, known, current);
        Acceptance.asServer(file, next);
        Instant from = isSet(nextFrom)
                ? moment(file, orEmpty(nextFrom))
                : next.certificate().getNotBefore().toInstant();
        next.checkValid(file, from.isAfter(clock.instant()) ? from : clock.instant());
        return new Own(current, next, from);
    }

    private static Instant moment(Path file, String text) throws KeyMaterialException {
        try {
            return text.strip().length() == "2026-12-01".length()
                    ? LocalDate.parse(text.strip()).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(text.strip());
        } catch (DateTimeParseException notOne) {
            throw new KeyMaterialException(
                    file, "cannot take over at '" + text + "'; accepted: 2026-12-01, or 2026-12-01T06:00:00Z", notOne);
        }
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isBlank();
    }

    /** What of it ends at some time, of the next one too; nothing where none has been in force yet. */
    public List<Dated> dated() {
        Own now = own;
        if (now == null) {
            return List.of();
        }
        Stream<Dated> current = dated(isSet(keystore) ? keystore : certificate, now.current());
        Identity next = now.next();
        return (next == null ? current : Stream.concat(current, dated(nextCertificate, next))).toList();
    }

    private static Stream<Dated> dated(@Nullable String file, Identity identity) {
        return Dated.of(Dated.Kind.OWN_CERTIFICATE, Dated.COMPANY, orEmpty(file), identity).stream();
    }

    private static String orEmpty(@Nullable String path) {
        return path == null ? "" : path;
    }
}

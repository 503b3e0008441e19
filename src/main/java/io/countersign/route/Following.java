package io.countersign.route;

import io.countersign.partner.Partners;
import io.countersign.settings.Settings;
import io.countersign.tls.CompanyIdentity;
import io.countersign.tls.Dated;
import io.countersign.tls.Identity;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.SampleCertificates;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows everything that may change while the service runs: the route files, the certificates that they name, the shared
 * trust, and the company's own certificate and key. Looks twice a second, less often where that takes long.
 */
public final class Following implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.changes");
    /** Between two looks. */
    public static final Duration USUAL = Duration.ofMillis(500);

    private static final int SHARE_OF_TIME = 4;
    private static final long LONGEST_MILLIS = 5_000;
    private static final String ITSELF = "following";
    private static final int LOOKS_BEFORE_RETRY = 10;

    private final CamelContext context;
    private final Settings settings;
    private final SharedTrust sharedTrust;
    private final Partners partners;
    private final OwnRoute ownRoute;
    private final State atStart;
    private final Complaints complaints = new Complaints();
    private final Map<CompanyIdentity, Identity> shown = new HashMap<>();

    /** Held while anything changes. */
    private final ReentrantLock changing = new ReentrantLock();

    private final List<Consumer<InForce>> changed = new CopyOnWriteArrayList<>();

    private volatile boolean over;
    private int looks;
    private volatile @Nullable Changes changes;
    private volatile @Nullable Transition transition;

    Following(
            CamelContext context,
            Settings settings,
            SharedTrust sharedTrust,
            Partners partners,
            OwnRoute ownRoute,
            State atStart) {
        this.context = context;
        this.settings = settings;
        this.sharedTrust = sharedTrust;
        this.partners = partners;
        this.ownRoute = ownRoute;
        this.atStart = atStart;
        atStart.warnings().forEach(Following::warn);
    }

    /**
     * Begins, once everything runs.
     *
     * @param live the context that runs the routes
     * @param doors its listeners
     * @param betweenLooks the least time between two looks
     */
    public void begin(LiveContext live, Doors doors, ScheduledExecutorService scheduler, Duration betweenLooks) {
        Transition begun = new Transition(live, partners, ownRoute, doors);
        transition = begun;
        changes = new Changes(
                settings,
                sharedTrust,
                partners,
                begun,
                complaints,
                atStart,
                change -> changed.forEach(each -> each.accept(change)));
        again(scheduler, betweenLooks.toMillis(), betweenLooks.toMillis());
    }

    /** @param told of each file that was changed and is not in force, and why; it must neither wait nor fail */
    public void observe(BiConsumer<String, List<String>> told) {
        complaints.observe(told);
    }

    /** @param told of all that comes into force from now on; it must not fail */
    public void observeChanges(Consumer<InForce> told) {
        changed.add(told);
    }

    /** The route files in force, with the SHA-256 of each. */
    public Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        inForce().files().values().forEach(file -> files.put(file.name(), file.sha256()));
        return files;
    }

    private void again(ScheduledExecutorService scheduler, long millis, long least) {
        if (scheduler.isShutdown()) {
            return;
        }
        Runnable lookAndGoOn = () -> {
            long before = System.nanoTime();
            try {
                look();
            } finally {
                long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
                again(scheduler, Math.min(Math.max(least, took * SHARE_OF_TIME), LONGEST_MILLIS), least);
            }
        };
        var unused = scheduler.schedule(lookAndGoOn, millis, TimeUnit.MILLISECONDS);
    }

    private void look() {
        changing.lock();
        try {
            if (over || changes == null || transition == null) {
                return;
            }
            looks++;
            changes.look();
            transition.endRetired();
            Map<String, CompanyIdentity> own = context.getRegistry().findByTypeWithName(CompanyIdentity.class);
            shown.keySet().retainAll(own.values());
            own.forEach(this::followIdentity);
            complaints.set(ITSELF, List.of());
        } catch (RuntimeException | Error unexpected) {
            // The next look may do better; without one, nothing would be followed any more.
            LOG.debug("changes could not be followed this time", unexpected);
            complaints.set(ITSELF, List.of(ITSELF + ": changes cannot be followed: " + unexpected));
        } finally {
            changing.unlock();
        }
    }

    private void followIdentity(String bean, CompanyIdentity identity) {
        String what = "the certificate of the bean " + bean;
        identity.useClock(partners.clock());
        try {
            if (identity.hasChanged() || (complaints.has(what) && looks % LOOKS_BEFORE_RETRY == 0)) {
                identity.renew(inForce().trust().authorities(), this::check);
                complaints.set(what, List.of());
            }
            Identity now = identity.inForce();
            Identity before = shown.put(identity, now);
            if (before != null && !before.equals(now)) {
                LOG.info("{} is now {}", what, now.described());
                InForce change =
                        new InForce(what, null, null, List.of("was " + before.described(), "is " + now.described()));
                changed.forEach(each -> each.accept(change));
            }
        } catch (KeyMaterialException unusable) {
            complaints.set(what, List.of(what + ": " + unusable.getMessage()));
        }
    }

    private void check(Identity identity) throws KeyMaterialException {
        if (!settings.isLoopback() && SampleCertificates.isSample(identity.certificate())) {
            throw new KeyMaterialException(
                    settings.path("countersign.certificate"),
                    "is a sample certificate, whose key everybody has; it is for loopback only, and "
                            + settings.get("countersign.host") + " is not");
        }
    }

    private State inForce() {
        return changes == null ? atStart : changes.inForce();
    }

    /** What is wrong with files as they are now, while older ones are in force; empty where all is well. */
    public List<String> complaints() {
        return complaints.all();
    }

    /** What the partners' files in force say that they had better not; it was logged when they were loaded. */
    public List<String> warnings() {
        return inForce().warnings();
    }

    /** The revocation lists in force, with their dates. */
    public List<Dated> dated() {
        return inForce().trust().lists().lists().stream()
                .flatMap(list -> list.dated().stream())
                .toList();
    }

    static void warn(String warning) {
        LOG.warn(warning);
    }

    /**
     * Ends looking. A change that is under way comes to its end first.
     *
     * @param longest to wait for that
     * @return whether nothing changes any more
     */
    public boolean stop(Duration longest) {
        over = true;
        try {
            boolean ended = changing.tryLock(longest.toNanos(), TimeUnit.NANOSECONDS);
            if (ended) {
                changing.unlock();
            }
            return ended;
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends what is still on its way in routes that have been replaced, unless a change that does not end is in the way. */
    @Override
    public void close() {
        over = true;
        if (changing.tryLock()) {
            try {
                if (transition != null) {
                    transition.close();
                }
            } finally {
                changing.unlock();
            }
        }
    }
}

package io.countersign.route;

import io.countersign.partner.Partners;
import io.countersign.route.RouteFolder.Look;
import io.countersign.settings.Settings;
import io.countersign.tls.KeyMaterialException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the route files, the certificates that they name, and the shared trust. A change is first loaded and checked
 * beside what runs; what is wrong with it changes nothing, and holds up no other change. What is good comes into force in
 * one step.
 */
final class Changes {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.changes");
    private static final int LOOKS_BEFORE_RETRY = 10;

    private final Settings settings;
    private final RouteFolder folder;
    private final SharedTrust sharedTrust;
    private final Partners partners;
    private final Transition transition;
    private final Complaints complaints;
    /** By location: the version, or none for one that is gone, that could not come into force. */
    private final Map<String, RouteFile> refused = new HashMap<>();

    private final Map<String, Material> lastRead = new HashMap<>();
    private final Set<String> complained = new HashSet<>();
    private final Set<String> gone = new HashSet<>();
    private volatile State inForce;
    private Set<String> unsettledBefore = Set.of();
    private final Consumer<InForce> told;
    private boolean isReadable;
    private int looks;

    Changes(
            Settings settings,
            SharedTrust sharedTrust,
            Partners partners,
            Transition transition,
            Complaints complaints,
            State atStart,
            Consumer<InForce> told) {
        this.settings = settings;
        this.folder = new RouteFolder(settings.routes());
        this.sharedTrust = sharedTrust;
        this.partners = partners;
        this.transition = transition;
        this.complaints = complaints;
        this.inForce = atStart;
        this.told = told;
    }

    State inForce() {
        return inForce;
    }

    /** Looks once, and brings what has changed and settled into force. */
    void look() {
        looks++;
        Look found = found();
        Map<String, RouteFile> wanted = wanted(found);
        Set<String> changed = Draft.differences(inForce.files(), wanted);
        boolean mayBeMended = looks % LOOKS_BEFORE_RETRY == 0;
        inForce.material().forEach((location, material) -> {
            boolean settledOtherwise = material.reading().hasSettledOtherwise();
            if (wanted.containsKey(location) && (settledOtherwise || (!material.isUsable() && mayBeMended))) {
                changed.add(location);
            }
        });
        if (sharedTrust.hasChanged() || (sharedTrust.isRefused() && mayBeMended)) {
            changed.add(Draft.TRUST);
        }
        if (!changed.isEmpty()) {
            bring(wanted, changed);
        }
        if (!isReadable) {
            return; // and nothing is known to be mended
        }
        refused.keySet().removeIf(location -> isInForce(location, found));
        Set<String> locations = new HashSet<>(complained);
        locations.addAll(inForce.files().keySet());
        locations.removeIf(location -> !isInForce(location, found));
        for (String location : locations) {
            Material material = inForce.material().get(location);
            complain(location, material == null ? List.of() : material.problems());
        }
    }

    /** What is there, or what is in force where the folder cannot be read: trust and certificates are followed all the same. */
    private Look found() {
        String routes = settings.routes().toString();
        try {
            Look found = folder.look();
            complaints.set(routes, List.of());
            isReadable = true;
            return found;
        } catch (IOException unreadable) {
            complaints.set(
                    routes, List.of(routes + ": cannot be read, so that no route file can change: " + unreadable));
            isReadable = false;
            return new Look(inForce.files(), Map.of(), Set.of());
        }
    }

    private void complain(String location, List<String> why) {
        complaints.set(RouteFile.name(location), why);
        if (why.isEmpty()) {
            complained.remove(location);
        } else {
            complained.add(location);
        }
    }

    /** What there should be: the files as found, but for those of which nothing can be said, or that cannot be used. */
    private Map<String, RouteFile> wanted(Look found) {
        Map<String, RouteFile> wanted = new TreeMap<>(found.files());
        found.unusable().forEach((location, why) -> {
            if (!found.unsettled().contains(location)) {
                complain(location, List.of(RouteFile.name(location) + ": " + why));
            }
        });
        Set<String> asBefore = new HashSet<>(found.unsettled());
        asBefore.addAll(found.unusable().keySet());
        // Another file may mend it: a certificate that comes later, or a partner who has the same one no longer.
        boolean mayBeMended = looks % LOOKS_BEFORE_RETRY == 0 || !unsettledBefore.isEmpty();
        unsettledBefore = found.unsettled();
        refused.forEach((location, version) -> {
            if (Objects.equals(version, found.files().get(location)) && !mayBeMended) {
                asBefore.add(location);
            }
        });
        asBefore.forEach(location -> keep(location, wanted));
        return wanted;
    }

    private void keep(String location, Map<String, RouteFile> wanted) {
        RouteFile before = inForce.files().get(location);
        if (before == null) {
            wanted.remove(location);
        } else {
            wanted.put(location, before);
        }
    }

    /** Whether what is in force is what the file says now, or that there is none. */
    private boolean isInForce(String location, Look found) {
        return !location.equals(Draft.TRUST)
                && !found.unsettled().contains(location)
                && !found.unusable().containsKey(location)
                && Objects.equals(found.files().get(location), inForce.files().get(location));
    }

    /** Without what is to blame, until nothing is, or nothing is left. */
    private void bring(Map<String, RouteFile> wanted, Set<String> changed) {
        Blame blamed = new Blame();
        Set<String> left = new TreeSet<>(changed);
        lastRead.clear();
        try (Rehearsal rehearsal = transition.rehearse(wanted, inForce)) {
            while (!left.isEmpty()) {
                Blame found = attemptSafely(wanted, left, rehearsal);
                if (found.isEmpty()) {
                    break;
                }
                if (!left.removeAll(found.locations())) {
                    // Nobody in particular is to blame. Whoever was taken out must not stay in for that.
                    Set<String> coming = new TreeSet<>(left);
                    coming.removeIf(location -> wanted.get(location) == null && !location.equals(Draft.TRUST));
                    found.add(coming.isEmpty() ? Set.copyOf(left) : coming, "cannot come into force: " + found.all());
                    left.removeAll(found.locations());
                }
                blamed.addAll(found);
            }
            oneByOne(wanted, blamed, rehearsal);
        } catch (IOException unclosed) {
            LOG.debug("the rehearsal left something behind", unclosed);
        }
        for (String location : blamed.locations()) {
            Material read = lastRead.get(location);
            RouteFile file = wanted.get(location);
            if (location.equals(Draft.TRUST)) {
                sharedTrust.refuse();
            } else if (file != null && file.equals(inForce.files().get(location)) && read != null) {
                inForce.material()
                        .computeIfPresent(location, (same, before) -> before.insteadOf(read, blamed.of(location)));
            } else {
                refused.put(location, file);
            }
            complain(location, blamed.of(location));
        }
    }

    /**
     * What could not come into force together may be able to alone. Where even that cannot, whoever the file takes out, by not
     * being there or by {@code enabled: false}, is turned away all the same; the rest of it stays as it is.
     */
    private void oneByOne(Map<String, RouteFile> wanted, Blame blamed, Rehearsal rehearsal) {
        blamed.locations().remove("");
        for (String location : List.copyOf(blamed.locations())) {
            if (blamed.locations().size() > 1
                    && attemptSafely(wanted, Set.of(location), rehearsal).isEmpty()) {
                blamed.locations().remove(location);
                continue;
            }
            Set<String> out = rehearsal.takenOut(wanted.get(location), inForce.says(location));
            out.retainAll(inForce.admitted(location));
            if (!out.isEmpty()) {
                try {
                    use(inForce.without(location, out, settings), Set.of(location), Set.of());
                    LOG.warn("{} turned away, although the rest of {} is not in force", out, RouteFile.name(location));
                } catch (Unrunnable | RuntimeException stuck) {
                    blamed.add(location, RouteFile.name(location) + ": " + out + " stay: " + stuck.getMessage());
                }
            }
        }
    }

    private Blame attemptSafely(Map<String, RouteFile> wanted, Set<String> changed, Rehearsal rehearsal) {
        try {
            return attempt(wanted, changed, rehearsal);
        } catch (RuntimeException | Error unexpected) {
            LOG.debug("a change could not be judged", unexpected);
            Blame nobody = new Blame();
            nobody.add("", unexpected.toString());
            return nobody;
        }
    }

    private Blame attempt(Map<String, RouteFile> wanted, Set<String> changed, Rehearsal rehearsal) {
        Blame blame = new Blame();
        Map<String, RouteFile> files = new TreeMap<>(inForce.files());
        Map<String, Says> says = new TreeMap<>(inForce.says());
        Map<String, Material> material = new TreeMap<>(inForce.material());
        for (String location : changed) {
            RouteFile file = wanted.get(location);
            if (file == null) {
                files.remove(location);
                says.remove(location);
                material.remove(location);
                continue;
            }
            try {
                Says said = rehearsal.of(file);
                Material read = Material.read(file, said, settings.home());
                lastRead.put(location, read);
                read.problems().forEach(why -> blame.add(location, why));
                files.put(location, file);
                says.put(location, said);
                material.put(location, read);
            } catch (Exception unusable) {
                blame.add(location, file.name() + ": " + Unusable.why(unusable));
            }
        }
        Trusted trust = inForce.trust();
        if (changed.contains(Draft.TRUST)) {
            try {
                trust = sharedTrust.read();
            } catch (KeyMaterialException | InvalidPathException unusable) {
                blame.add(Draft.TRUST, Draft.TRUST + ": " + unusable.getMessage());
            }
        }
        if (!blame.isEmpty()) {
            return blame;
        }
        Draft.checkConfigurations(says, changed, blame);
        State draft = new Draft(settings, changed, files, says, material, trust).judge(blame);
        if (!blame.isEmpty()) {
            return blame;
        }
        try {
            use(draft, changed, changed);
        } catch (Unrunnable unrunnable) {
            transition.blame(unrunnable, changed, inForce, draft).forEach(blame::add);
            if (blame.isEmpty()) {
                blame.add("", String.valueOf(unrunnable.getMessage()));
            }
        }
        return blame;
    }

    /** @param mended of which nothing is wrong any more, once it is in force */
    private void use(State draft, Set<String> changed, Set<String> mended) throws Unrunnable {
        boolean changes = !draft.isTheSameAs(inForce); // what was tried again may be no better than before
        if (changes) {
            Set<String> own = inForce.withOwnRoute();
            // Before anybody can see the change, so that nobody sees it complained of.
            transition.make(inForce, draft, gone, () -> mended.forEach(location -> complain(location, List.of())));
            gone.addAll(own);
            gone.removeAll(draft.partners());
            List<String> warned = inForce.warnings();
            draft.warnings().stream()
                    .filter(warning -> !warned.contains(warning))
                    .forEach(LOG::warn);
        }
        State before = inForce;
        inForce = draft;
        if (changed.contains(Draft.TRUST)) {
            sharedTrust.use();
            complain(Draft.TRUST, List.of());
        }
        if (changes) {
            changed.forEach(location -> told.accept(Differences.of(location, before, draft)));
            LOG.info(
                    "in force after a change of {}: {} partners known",
                    changed.stream().map(RouteFile::name).toList(),
                    partners.size());
        }
    }
}

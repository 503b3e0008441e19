package io.countersign.route;

import io.countersign.partner.Partners;
import io.countersign.transfer.Lasting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.Component;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/** Brings the running context from one state to another in one step, or leaves it as it is. */
final class Transition {
    private final LiveContext context;
    private final RouteFiles live;
    private final Partners partners;
    private final OwnRoute ownRoute;
    private final Doors doors;
    private final List<Retired> retired = new ArrayList<>();

    Transition(LiveContext context, Partners partners, OwnRoute ownRoute, Doors doors) {
        this.context = context;
        this.live = new RouteFiles(context);
        this.partners = partners;
        this.ownRoute = ownRoute;
        this.doors = doors;
    }

    /** @param wanted files that will be, if they can; their templates are those that the others may use */
    Rehearsal rehearse(Map<String, RouteFile> wanted, State before) {
        List<RouteFile> templates = wanted.entrySet().stream()
                .filter(each -> each.getKey().contains("/templates/")
                        || !before.says()
                                .getOrDefault(each.getKey(), Says.NOTHING)
                                .templates()
                                .isEmpty())
                .map(Map.Entry::getValue)
                .toList();
        return new Rehearsal(context, templates).knowing(before.files(), before.says());
    }

    /**
     * @param inForce is run in the moment in which it is
     * @param gone partners that are no longer known and had a route of their own, for what is still on its way
     * @throws Unrunnable where a route cannot be made or cannot begin; everything is as it was then
     */
    void make(State before, State after, Set<String> gone, Runnable inForce) throws Unrunnable {
        Map<String, RouteFile> files = all(after);
        Map<String, Says> says = said(after);
        Map<String, RouteFile> filesBefore = all(before);
        Map<String, Says> saysBefore = said(before);
        Set<String> changed = Draft.differences(filesBefore, files);
        changed.removeIf(
                location -> !saysBefore.getOrDefault(location, Says.NOTHING).hasParts()
                        && !says.getOrDefault(location, Says.NOTHING).hasParts());
        Dependents dependents = new Dependents(saysBefore, changed, files, says);
        Replacement replacement = changed.isEmpty() ? null : prepare(dependents, saysBefore);
        try {
            doors.whileHeld(() -> {
                switchOver(replacement, before, after, gone);
                inForce.run();
            });
        } catch (Exception cannotBegin) {
            throw cannotBegin instanceof Unrunnable told
                    ? told
                    : new Unrunnable(Set.of(), Unusable.why(cannotBegin), cannotBegin);
        }
        if (replacement != null) {
            retired.add(replacement.retire(dependents.gone()));
        }
    }

    private void switchOver(@Nullable Replacement replacement, State before, State after, Set<String> gone)
            throws Exception {
        Set<String> own = new HashSet<>(gone);
        own.addAll(before.withOwnRoute());
        ownRoute.use(own);
        try {
            if (replacement != null) {
                replacement.switchOver();
            }
        } catch (Exception | Error cannotBegin) {
            replacement.undo();
            throw cannotBegin;
        }
        partners.use(after.directory());
        // Of a partner who has gone, what is on its way must not end where its file never said.
        own.removeIf(partner -> after.partners().contains(partner));
        own.addAll(after.withOwnRoute());
        ownRoute.use(own);
    }

    private Replacement prepare(Dependents dependents, Map<String, Says> saysBefore) throws Unrunnable {
        for (String name : dependents.changedNames()) {
            Object bean = context.getRegistry().lookupByName(name);
            if (bean instanceof Component || bean instanceof Lasting) {
                throw new Unrunnable(
                        dependents.bringing(name),
                        "the bean " + name + " cannot be another while the service runs; it counts from the next start",
                        null);
            }
        }
        Set<String> locations = dependents.locations();
        List<RouteDefinition> old = context.getRouteDefinitions().stream()
                .filter(route -> locations.contains(RouteFile.location(route)))
                .toList();
        List<RouteFile> fresh = dependents.inOrder();
        Set<String> kept = dependents.keptBeans();
        Set<String> names = new HashSet<>(dependents.changedNames());
        names.addAll(kept);
        Set<String> gone = dependents.gone();
        try {
            return Replacement.prepare(
                    context,
                    doors,
                    locations.stream()
                            .map(location -> saysBefore.getOrDefault(location, Says.NOTHING))
                            .toList(),
                    old,
                    names,
                    () -> {
                        gone.forEach(context.getRegistry()::unbind); // else what still names them would not be found
                        load(fresh, dependents);
                    });
        } catch (Exception cannotBeMade) {
            throw cannotBeMade instanceof Unrunnable told
                    ? told
                    : new Unrunnable(Set.of(), Unusable.why(cannotBeMade), cannotBeMade);
        }
    }

    private void load(List<RouteFile> files, Dependents dependents) throws Unrunnable {
        for (RouteFile file : files) {
            try {
                live.load(file, dependents.keptBeans(file.location()));
            } catch (Exception cannotBeMade) {
                throw new Unrunnable(file.location(), cannotBeMade);
            }
        }
    }

    /**
     * Which of the changed files to blame: the one that could not run; or, where that has not changed itself, those that bring
     * what it names. A file that is gone is to blame only if nobody else is: who was taken out must not stay in for others.
     */
    Map<String, String> blame(Unrunnable why, Set<String> changed, State before, State after) {
        Set<String> blamed = new TreeSet<>(why.locations());
        after.defaults().forEach((location, toPartner) -> {
            if (why.locations().contains(location)) {
                changed.stream()
                        .filter(each -> says(after, each).partners().containsKey(State.partner(toPartner)))
                        .forEach(blamed::add);
            }
        });
        blamed.retainAll(changed);
        String told = String.valueOf(why.getMessage());
        if (blamed.isEmpty()) {
            changed.stream()
                    .filter(location -> says(before, location).hasParts()
                            || says(after, location).hasParts())
                    .forEach(blamed::add);
            if (blamed.stream().anyMatch(after.files()::containsKey)) {
                blamed.retainAll(after.files().keySet());
            }
            told = why.locations().stream().map(RouteFile::name).collect(Collectors.joining(", "))
                    + (why.locations().isEmpty() ? "" : " then: ")
                    + told;
        }
        Map<String, String> all = new TreeMap<>();
        for (String location : blamed) {
            all.put(location, RouteFile.name(location) + ": " + told);
        }
        return all;
    }

    private static Says says(State state, String location) {
        return state.says().getOrDefault(location, Says.NOTHING);
    }

    /** Ends routes that have been replaced and have nothing on its way any more. */
    void endRetired() {
        retired.removeIf(Retired::hasEnded);
    }

    /** Ends them all, at the service's own end. */
    void close() {
        retired.forEach(Retired::end);
        retired.clear();
    }

    /** With those that nobody had to write. */
    private static Map<String, RouteFile> all(State state) {
        Map<String, RouteFile> all = new TreeMap<>(state.files());
        all.putAll(state.defaults());
        return all;
    }

    private static Map<String, Says> said(State state) {
        Map<String, Says> all = new TreeMap<>(state.says());
        state.defaults().forEach((location, file) -> all.put(location, State.saidByDefault(file)));
        return all;
    }
}

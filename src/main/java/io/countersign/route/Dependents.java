package io.countersign.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which beans, templates and configurations are others after a change of files, and which files name them and so must be
 * loaded again. A name counts wherever it stands in a file: once too often does no harm.
 */
final class Dependents {
    private final Map<String, Says> before;
    private final Map<String, RouteFile> files;
    private final Map<String, Says> says;
    private final Set<String> changedNames = new HashSet<>();
    private final Set<String> locations;

    /**
     * @param changed locations whose files are others now, or have come or gone
     * @param files all that there will be, those that nobody wrote too
     */
    Dependents(Map<String, Says> before, Set<String> changed, Map<String, RouteFile> files, Map<String, Says> says) {
        this.before = before;
        this.files = files;
        this.says = says;
        this.locations = new TreeSet<>(changed);
        changed.forEach(this::compare);
        boolean grown = !changedNames.isEmpty();
        while (grown) {
            grown = grow();
        }
    }

    /** The changed files and those that depend on them. */
    Set<String> locations() {
        return locations;
    }

    /** Beans of these files that stay as they are. */
    Set<String> keptBeans() {
        Set<String> kept = new TreeSet<>();
        locations.forEach(location -> kept.addAll(keptBeans(location)));
        return kept;
    }

    /** Those of one file. */
    Set<String> keptBeans(String location) {
        Set<String> kept = new TreeSet<>(says(location).beans().keySet());
        kept.removeAll(changedNames);
        return kept;
    }

    /**
     * The files of {@link #locations} that will be, each after those that bring what it names. Where these go in a circle,
     * as where a comment names something, those come first that come first at a start.
     */
    List<RouteFile> inOrder() {
        List<String> left = new ArrayList<>(locations);
        left.retainAll(files.keySet());
        left.sort(Comparator.comparing((String location) ->
                        Objects.requireNonNull(files.get(location)).rank())
                .thenComparing(Comparator.naturalOrder()));
        List<RouteFile> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            String next = left.stream()
                    .filter(location -> left.stream().noneMatch(other -> names(location, other)))
                    .findFirst()
                    .orElse(left.get(0));
            left.remove(next);
            ordered.add(Objects.requireNonNull(files.get(next)));
        }
        return ordered;
    }

    /** Names of beans that no file has any more. */
    Set<String> gone() {
        Set<String> gone = new TreeSet<>();
        before.values().forEach(each -> gone.addAll(each.beans().keySet()));
        says.values().forEach(each -> gone.removeAll(each.beans().keySet()));
        gone.retainAll(changedNames);
        return gone;
    }

    /** The files that bring a bean, or brought it. */
    Set<String> bringing(String bean) {
        Set<String> bringing = new TreeSet<>();
        for (String location : locations) {
            if (says(location).beans().containsKey(bean)
                    || before.getOrDefault(location, Says.NOTHING).beans().containsKey(bean)) {
                bringing.add(location);
            }
        }
        return bringing;
    }

    /** Whether one file names something changed that another brings. */
    private boolean names(String location, String other) {
        Set<String> brought = new HashSet<>(says(other).beans().keySet());
        brought.retainAll(changedNames);
        brought.addAll(says(other).templates());
        brought.addAll(says(other).configurations());
        return !location.equals(other)
                && !brought.isEmpty()
                && any(brought)
                        .matcher(Objects.requireNonNull(files.get(location)).content())
                        .find();
    }

    Set<String> changedNames() {
        return changedNames;
    }

    private void compare(String location) {
        Says old = before.getOrDefault(location, Says.NOTHING);
        Says now = says(location);
        Set<String> beans = new HashSet<>(old.beans().keySet());
        beans.addAll(now.beans().keySet());
        beans.removeIf(name -> Objects.equals(old.beans().get(name), now.beans().get(name)));
        changedNames.addAll(beans);
        for (Says each : List.of(old, now)) {
            changedNames.addAll(each.templates());
            changedNames.addAll(each.configurations());
        }
    }

    private boolean grow() {
        Pattern names = any(changedNames);
        boolean grown = false;
        for (Map.Entry<String, RouteFile> file : files.entrySet()) {
            boolean named = names.matcher(file.getValue().content()).find();
            if (named && locations.add(file.getKey())) {
                changedNames.addAll(says(file.getKey()).templates());
                changedNames.addAll(says(file.getKey()).configurations());
                grown = true;
            }
        }
        for (String location : locations) {
            for (Map.Entry<String, String> bean : says(location).beans().entrySet()) {
                if (!changedNames.contains(bean.getKey())
                        && names.matcher(Says.withoutType(bean.getValue())).find()) {
                    grown |= changedNames.add(bean.getKey());
                }
            }
        }
        return grown;
    }

    private Says says(String location) {
        return says.getOrDefault(location, Says.NOTHING);
    }

    private static Pattern any(Collection<String> names) {
        return Pattern.compile("(?<![A-Za-z0-9_-])("
                + String.join("|", names.stream().map(Pattern::quote).toList()) + ")(?![A-Za-z0-9_-])");
    }
}

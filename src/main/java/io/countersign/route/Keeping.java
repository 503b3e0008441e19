package io.countersign.route;

import java.util.Set;

/** A registry in which beans can stay what they are while their file is loaded again, so that its new beans get them too. */
public interface Keeping {
    /** @param names whose beans are neither replaced nor taken away from now on; none lets all of them go again */
    void keep(Set<String> names);
}

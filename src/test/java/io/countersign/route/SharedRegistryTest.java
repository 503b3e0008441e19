package io.countersign.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SharedRegistryTest {
    private final SharedRegistry registry = new SharedRegistry();

    @Test
    void whatWasReplacedIsKnownByWhatItWasBefore() {
        registry.bind("old", String.class, "before");
        registry.bind("gone", String.class, "before");
        registry.bind("same", String.class, "before");
        registry.forget();
        registry.unbind("old");
        registry.bind("old", String.class, "between");
        registry.bind("old", String.class, "after");
        registry.unbind("gone");
        registry.bind("new", Integer.class, 1);
        assertThat(registry.replaced())
                .containsOnlyKeys("old", "gone", "new")
                .containsEntry("old", Optional.of("before"))
                .containsEntry("gone", Optional.of("before"))
                .containsEntry("new", Optional.empty());
        registry.forget();
        assertThat(registry.replaced()).isEmpty();
    }

    @Test
    void whatIsKeptIsNotReplaced() {
        registry.bind("part", String.class, "before");
        registry.forget();
        registry.keep(Set.of("part"));
        registry.unbind("part");
        registry.bind("part", String.class, "after");
        assertThat(registry.lookupByName("part")).isEqualTo("before");
        assertThat(registry.replaced()).isEmpty();
        registry.keep(Set.of());
        registry.bind("part", String.class, "after");
        assertThat(registry.lookupByName("part")).isEqualTo("after");
    }

    @Test
    void beansAreFoundByWhatTheyAre() {
        registry.bind("text", String.class, "one");
        registry.bind("number", Object.class, 1);
        assertThat(registry.findByType(CharSequence.class)).containsExactly("one");
        assertThat(registry.findByTypeWithName(Number.class)).containsOnlyKeys("number");
        assertThat(registry.findByType(Set.class)).isEmpty();
        assertThat(registry.findByTypeWithName(Object.class)).containsOnlyKeys("text", "number");
    }
}

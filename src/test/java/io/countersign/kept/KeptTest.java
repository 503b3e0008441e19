package io.countersign.kept;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeptTest {
    @Test
    void holdsSoManyAndLetsGoOfWhatWasNotAskedForTheLongest() {
        Kept<String, Integer> kept = new Kept<>(2);
        kept.put("a", 1);
        kept.put("b", 2);
        assertThat(kept.get("a")).isEqualTo(1);
        kept.put("c", 3);

        assertThat(kept.size()).isEqualTo(2);
        assertThat(kept.get("b")).isNull();
        assertThat(kept.get("a")).isEqualTo(1);
    }

    @Test
    void holdsNoMoreThanItMayWeigh() {
        Kept<String, Integer> kept = new Kept<>(100, 10, weight -> weight);
        kept.put("a", 4);
        kept.put("b", 4);
        kept.put("b", 6);
        assertThat(kept.size()).isEqualTo(2);
        kept.put("c", 3);

        assertThat(kept.get("a")).isNull();
        assertThat(kept.get("b")).isEqualTo(6);
        kept.put("d", 11);
        assertThat(kept.size()).isEqualTo(1);
        kept.remove("d");
        kept.put("e", 10);
        assertThat(kept.get("e")).isEqualTo(10);
    }

    @Test
    void makesWhatIsNotThere() {
        Kept<String, Integer> kept = new Kept<>(2);

        assertThat(kept.get("a", () -> 1)).isEqualTo(1);
        assertThat(kept.get("a", () -> 2)).isEqualTo(1);
    }
}

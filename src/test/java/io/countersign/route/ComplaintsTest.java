package io.countersign.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is wrong with what was changed, and who is told of it. */
class ComplaintsTest {
    private final Complaints complaints = new Complaints();
    private final List<String> told = new ArrayList<>();

    @Test
    void whoeverIsToldHoldsUpNobodyWhoAsks() {
        complaints.observe((file, why) -> told.add(CompletableFuture.supplyAsync(complaints::all)
                .completeOnTimeout(List.of("nobody answers"), 5, TimeUnit.SECONDS)
                .join()
                .toString()));
        complaints.set("a.yaml", List.of("a.yaml: broken"));
        assertThat(told).containsExactly("[a.yaml: broken]");
    }

    @Test
    void eachIsToldOnce() {
        complaints.observe((file, why) -> told.add(file + " " + why));
        complaints.set("a.yaml", List.of("broken"));
        complaints.set("a.yaml", List.of("broken"));
        complaints.set("a.yaml", List.of());
        complaints.set("a.yaml", List.of("broken"));
        assertThat(told).containsExactly("a.yaml [broken]", "a.yaml [broken]");
    }
}

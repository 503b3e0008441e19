package io.countersign.limbo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of x509-limbo is judged as it should be, or stands in the list of disagreements, with the reason. */
@TestInstance(Lifecycle.PER_CLASS)
class LimboTest {
    private static final Duration LONG = Duration.ofSeconds(5);

    private final List<Case> cases = Limbo.cases();
    private final Disagreements listed = Disagreements.read();
    private final Map<String, Verdict> verdicts = new LinkedHashMap<>();

    /** @param refusal empty where it was accepted */
    private record Verdict(String refusal, Duration took) {
        boolean isAccepted() {
            return refusal.isEmpty();
        }
    }

    @BeforeAll
    void judge(@TempDir Path folder) throws IOException {
        Limbo.assumeHere(cases);
        Judge judge = new Judge(folder);
        for (Case each : cases) {
            long begun = System.nanoTime();
            String refusal = judge.refusal(each);
            verdicts.put(each.id(), new Verdict(refusal, Duration.ofNanos(System.nanoTime() - begun)));
        }
    }

    List<Case> cases() {
        return cases;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isJudgedAsItShouldBeOrAsIsListed(Case it) {
        Verdict verdict = Objects.requireNonNull(verdicts.get(it.id()));

        assertThat(verdict.isAccepted())
                .as("accepted; refused because: %s", verdict.refusal())
                .isEqualTo(listed.expected(it));
        assertThat(verdict.took()).isLessThan(LONG);
    }

    @Test
    void everyDisagreementIsOfACaseThatThereIs() {
        Set<String> ids = cases.stream().map(Case::id).collect(Collectors.toSet());

        assertThat(ids).hasSameSizeAs(cases).containsAll(listed.ids());
    }

    @Test
    void theTotalsAdd() {
        long wronglyAccepted = cases.stream()
                .filter(each -> !each.isGood() && isAccepted(each))
                .count();
        long wronglyRefused = cases.stream()
                .filter(each -> each.isGood() && !isAccepted(each))
                .count();
        System.out.printf(
                "x509-limbo: %d of %d cases as expected; %d accepted and %d refused otherwise, all listed with a reason%n",
                cases.size() - wronglyAccepted - wronglyRefused, cases.size(), wronglyAccepted, wronglyRefused);

        assertThat(wronglyAccepted + wronglyRefused).isEqualTo(listed.ids().size());
    }

    private boolean isAccepted(Case it) {
        return Objects.requireNonNull(verdicts.get(it.id())).isAccepted();
    }
}

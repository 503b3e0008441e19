package io.countersign.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProblemsTest {
    private final Problems problems = new Problems();

    @Test
    void throwNothingWhileThereAreNone() {
        assertThat(problems.isEmpty()).isTrue();
        assertThatCode(problems::throwIfAny).doesNotThrowAnyException();
    }

    @Test
    void areReportedTogetherInTheirOrder() {
        problems.add("countersign.port (default)", "'x' is not a port");
        problems.add("routes/partners/acme.camel.yaml", "cannot be read");

        assertThat(problems.isEmpty()).isFalse();
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(problems::throwIfAny)
                .withMessage("""
                        2 problems to mend before Countersign can start:
                          - countersign.port (default): 'x' is not a port
                          - routes/partners/acme.camel.yaml: cannot be read""")
                .satisfies(thrown -> assertThat(thrown.problems())
                        .containsExactly(
                                "countersign.port (default): 'x' is not a port",
                                "routes/partners/acme.camel.yaml: cannot be read"));
    }

    @Test
    void areReportedOnceEach() {
        problems.add("countersign.port", "'x' is not a port");
        problems.add("countersign.port", "'x' is not a port");

        assertThat(problems.found()).containsExactly("countersign.port: 'x' is not a port");
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(problems::throwIfAny)
                .withMessageStartingWith("1 problem to mend");
    }

    @Test
    void foundSoFarDoNotChangeWithLaterOnes() {
        problems.add("a", "b");
        var before = problems.found();
        problems.add("c", "d");

        assertThat(before).containsExactly("a: b");
    }

    @Test
    void haveTheInnermostCausesFirstLineAsTheirReason() {
        Exception innermost = new IOException("disk gone\nat line 2");

        assertThat(Problems.reason(new IllegalStateException("outer", new IllegalArgumentException(innermost))))
                .isEqualTo("disk gone");
    }

    @Test
    void haveTheTypeAsTheirReasonWhereThereIsNoMessage() {
        assertThat(Problems.reason(new IllegalStateException("outer", new NullPointerException())))
                .isEqualTo("NullPointerException");
        assertThat(Problems.reason(new IOException(""))).isEmpty();
    }
}

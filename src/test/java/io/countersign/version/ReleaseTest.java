package io.countersign.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions are in the order in which they were released. */
class ReleaseTest {
    @ParameterizedTest
    @CsvSource({
        "17.0.9, 17.0.15",
        "17, 17.0.1",
        "25, 25.0.1",
        "25.0.4, 25.0.4.1",
        "12.1.9, 12.1.14",
        "9.4.58.v20250814, 12.0.0",
        "1.9, 1.10",
        "2.0-M1, 2.0",
        "2.0-M1, 2.0-M2",
        "5.4-alpha, 5.4",
        "5.0-alpha2, 5.0-beta1",
        "5.0-beta7, 5.0-rc1",
        "0.1.0-SNAPSHOT, 0.1.0",
        "3.41.2.1, 3.41.2.2",
        "42.7.9, 42.7.14",
        "1, 99999999999999999999",
    })
    void anOlderOneIsBeforeANewerOne(String older, String newer) {
        assertThat(Release.of(older)).isLessThan(Release.of(newer));
        assertThat(Release.of(newer)).isGreaterThan(Release.of(older)).isNotEqualTo(Release.of(older));
    }

    @ParameterizedTest
    @CsvSource({"17, 17.0.0", "33.7.2-jre, 33.7.2", "6.1.0.Final, 6.1", "1.87, 1.87"})
    void theSameIsTheSameHoweverItIsWritten(String one, String other) {
        assertThat(Release.of(one)).isEqualTo(Release.of(other)).hasSameHashCodeAs(Release.of(other));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "v1.2", "1.2 3", "1..2", "${project.version}"})
    void whatIsNoVersionIsNotTakenForOne(String text) {
        assertThatThrownBy(() -> Release.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is no version");
    }

    @Test
    void theBuildOfAJdkDoesNotCount() {
        assertThat(Release.of(Runtime.Version.parse("17.0.15+6-Debian-1deb12u1")))
                .hasToString("17.0.15")
                .isEqualTo(Release.of("17.0.15"));
        assertThat(Release.of(Runtime.Version.parse("25+36"))).hasToString("25");
    }

    @ParameterizedTest
    @CsvSource({
        "'[4.0.0,4.18.5) [4.19.0,4.22.1)', 4.18.0, true",
        "'[4.0.0,4.18.5) [4.19.0,4.22.1)', 4.18.5, false",
        "'[4.0.0,4.18.5) [4.19.0,4.22.1)', 4.20.0, true",
        "'[4.0.0,4.18.5) [4.19.0,4.22.1)', 3.22.0, false",
        "'[17,17.0.21]', 17.0.21, true",
        "'[17,17.0.21]', 17.0.21.1, false",
        "'[17,17.0.21]', 18, false",
        "'[18,21) [22,25)', 20.0.2, true",
        "'[18,21) [22,25)', 21.0.13, false",
    })
    void aRangeHasItsFirstAndOnlyIfItSaysSoItsLast(String ranges, String version, boolean in) {
        assertThat(Span.all(ranges).stream().anyMatch(span -> span.contains(Release.of(version))))
                .isEqualTo(in);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.0", "[4.0,)", "(4.0,4.1)", "[4.0, 4.1)", "[a,b)"})
    void whatIsNoRangeIsNotTakenForOne(String text) {
        assertThatThrownBy(() -> Span.all(text)).isInstanceOf(IllegalArgumentException.class);
    }
}

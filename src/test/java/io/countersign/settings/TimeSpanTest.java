package io.countersign.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpanTest {
    @ParameterizedTest
    @CsvSource({
        "0s, 0",
        "500ms, 500",
        "3s, 3000",
        "15m, 900000",
        "1h, 3600000",
        "30d, 2592000000",
        "' 2 S ', 2000",
        "999999999ms, 999999999"
    })
    void readsANumberWithAUnit(String text, long millis) {
        assertThat(TimeSpan.parse(text).toMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "3",
                "s",
                "-1s",
                "+1s",
                "1.5s",
                "3 s s",
                "3sec",
                "3w",
                "forever",
                "PT3S",
                "1m30s",
                "1000000000s",
                "\u0661s"
            })
    void refusesWhatIsNoTime(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimeSpan.parse(text))
                .withMessage("'" + text + "' is not a time; accepted: " + TimeSpan.ACCEPTED);
    }
}

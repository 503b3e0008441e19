package io.countersign.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the entries of {@code certificates} are read. */
class PinEntryTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "acme.crt | acme.crt | |",
                "  certs/acme.crt  | certs/acme.crt | |",
                "acme.crt from 2026-12-01 | acme.crt | 2026-12-01T00:00:00Z |",
                "acme.crt until 2026-12-10 | acme.crt | | 2026-12-11T00:00:00Z",
                "acme.crt from 2026-12-01 until 2026-12-10 | acme.crt | 2026-12-01T00:00:00Z | 2026-12-11T00:00:00Z",
                "acme.crt until 2026-12-10 from 2026-12-01 | acme.crt | 2026-12-01T00:00:00Z | 2026-12-11T00:00:00Z",
                "acme.crt from 2026-12-01 until 2026-12-01 | acme.crt | 2026-12-01T00:00:00Z | 2026-12-02T00:00:00Z",
                "acme.crt from 2026-12-01T08:00:00Z | acme.crt | 2026-12-01T08:00:00Z |",
                "acme.crt from 2026-12-01T08:00:00+01:00 | acme.crt | 2026-12-01T07:00:00Z |",
                "acme.crt until 2026-12-10T08:00:00.5Z | acme.crt | | 2026-12-10T08:00:00.500Z",
                "letter from acme.crt | letter from acme.crt | |",
                "letter from acme until.crt from 2026-12-01 | letter from acme until.crt | 2026-12-01T00:00:00Z |",
                "from acme/until 2026.crt | from acme/until 2026.crt | |",
                "until.crt | until.crt | |",
                "acme.crt since 2026-12-01 | acme.crt since 2026-12-01 | |",
            })
    void areAPathAndTheTimeInWhichItCounts(String text, String file, @Nullable Instant from, @Nullable Instant until) {
        assertThat(PinEntry.parse(text)).isEqualTo(new PinEntry(file, from, until));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "acme.crt from 2026-13-01 | '2026-13-01' is not a date; accepted: a day (2026-12-01, in UTC) or a time",
                "acme.crt until 2026-02-30 | '2026-02-30' is not a date",
                "acme.crt from 12/01/2026 | '12/01/2026' is not a date",
                "acme.crt from 2026-12-01T08:00:00 | '2026-12-01T08:00:00' is not a date",
                "acme.crt from 2026-12-01 from 2026-12-02 | says 'from' twice; accepted: PATH [from DATE] [until DATE]",
                "acme.crt from 2026-12-10 until 2026-12-09 | counts at no time: it begins at 2026-12-10T00:00:00Z, and ends"
                        + " at 2026-12-10T00:00:00Z",
                "acme.crt from 2026-12-10 until 2026-12-01 | counts at no time",
            })
    void sayWhatWasSeenAndWhatIsAccepted(String text, String said) {
        assertThatThrownBy(() -> PinEntry.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }
}

package io.countersign.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "500, 500",
        "7B, 7",
        "1KB, 1000",
        "1KiB, 1024",
        "64KiB, 65536",
        "3MB, 3000000",
        "3MiB, 3145728",
        "10GB, 10000000000",
        "10GiB, 10737418240",
        "2TB, 2000000000000",
        "2TiB, 2199023255552",
        "10 gb, 10000000000",
        "'  10gB ', 10000000000",
        "999999999999999, 999999999999999",
    })
    void readsANumberWithOrWithoutAUnit(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "GB",
                "-1",
                "+1",
                "1.5GB",
                "1,5GB",
                "1e3",
                "0x10",
                "10 000",
                "10PB",
                "10k",
                "10G",
                "10GBs",
                "ten",
                "1KB 2KB",
                "9999999999999999",
                "١٠MB",
                "10MB\u0000",
                "unlimited"
            })
    void refusesWhatIsNoSize(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessage("'" + text + "' is not a size; accepted: " + ByteSize.ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999999TB", "9223373TB", "8388608TiB"})
    void refusesMoreThanALongHolds(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessage("'" + text + "' is more than a file can hold");
    }
}

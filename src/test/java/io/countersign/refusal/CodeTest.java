package io.countersign.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The codes are the outside: clients have them in their programs. */
class CodeTest {
    @ParameterizedTest
    @CsvSource({
        "400, digest-mismatch",
        "400, name-invalid",
        "400, request-invalid",
        "403, certificate-missing",
        "403, certificate-unknown",
        "403, certificate-expired",
        "403, certificate-revoked",
        "403, address-not-allowed",
        "403, partner-disabled",
        "404, not-found",
        "405, method-not-allowed",
        "409, in-progress",
        "422, key-reused",
        "413, too-large",
        "415, encoding-unsupported",
        "429, rate-limited",
        "503, unavailable",
        "507, storage-full",
    })
    void hasItsStatus(int status, String text) {
        assertThat(Arrays.stream(Code.values()).filter(code -> code.toString().equals(text)))
                .singleElement()
                .satisfies(code -> assertThat(code.status()).isEqualTo(status))
                .satisfies(code -> assertThat(code.title()).isNotBlank());
    }

    @Test
    void isTransientWhereTheSameMaySucceedLater() {
        assertThat(Arrays.stream(Code.values()).filter(Code::isTransient))
                .containsExactly(Code.RATE_LIMITED, Code.UNAVAILABLE, Code.STORAGE_FULL);
    }
}

package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever has turned P-256 off keeps X25519. */
class KeySharesTest {
    @ParameterizedTest
    @CsvSource({
        ", , true",
        "'', '', true",
        "'x25519, secp256r1', 'SSLv3, EC keySize < 224, ECDH', true",
        "x25519, , false",
        ", 'SSLv3, secp256r1', false",
        ", 'SSLv3, SECP256R1', false",
        "'X25519, SECP256R1', , true"
    })
    void p256IsTakenUnlessTheJdkIsToldOtherwise(@Nullable String groups, @Nullable String disabled, boolean taken) {
        assertThat(KeyShares.isTaken(groups, disabled)).isEqualTo(taken);
    }
}

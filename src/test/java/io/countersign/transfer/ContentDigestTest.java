package io.countersign.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDigestTest {
    // The examples of RFC 9530, appendix B.1 and B.2.
    private static final byte[] PAYLOAD = "{\"hello\": \"world\"}\n".getBytes(StandardCharsets.UTF_8);
    private static final String SHA_256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
    private static final String SHA_512 =
            "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";
    private static final String WRONG_256 = "sha-256=:AAAAqy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
    private static final String WRONG_512 =
            "sha-512=:AAAAm51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";
    private static final String HEX = "44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38";

    @Test
    void isTheSha256AlsoWhereNoneIsAnnounced() throws Refusal {
        assertThat(verified(null)).isEqualTo(HEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SHA_256,
                SHA_512,
                SHA_256 + ", " + SHA_512,
                SHA_512 + "," + SHA_256,
                "  " + SHA_256 + "  ",
                "md5=:AAAA:, " + SHA_256,
                SHA_512 + ", unixsum=:AAAA:",
                WRONG_256 + ", " + SHA_256,
            })
    void isVerified(String header) throws Refusal {
        assertThat(verified(header)).isEqualTo(HEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                WRONG_256,
                WRONG_512,
                SHA_256 + ", " + WRONG_512,
                WRONG_512 + ", " + SHA_256,
                SHA_512 + ", " + WRONG_256,
                SHA_256 + ", " + WRONG_256,
            })
    void isAMismatchWhereOneOfThoseAnnouncedIsAnother(String header) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> verified(header))
                .withMessageMatching("The SHA-(256|512) of what arrived is .+, announced was AAAA.+")
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.DIGEST_MISMATCH));
    }

    @Test
    void isAMismatchWhereAByteIsMissing() throws Refusal {
        ContentDigest digest = ContentDigest.of(SHA_256);
        digest.update(ByteBuffer.wrap(PAYLOAD, 0, PAYLOAD.length - 1));

        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(digest::verify)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.DIGEST_MISMATCH));
    }

    @Test
    void isTakenOverThePartsTogether() throws Refusal {
        ContentDigest digest = ContentDigest.of(SHA_256 + ", " + SHA_512);
        for (byte b : PAYLOAD) {
            digest.update(ByteBuffer.wrap(new byte[] {b, 9, 9}, 0, 1));
        }

        assertThat(HexFormat.of().formatHex(digest.verify())).isEqualTo(HEX);
    }

    @Test
    void ofNothingIsThatOfTheEmptyPayload() {
        assertThatCode(() -> ContentDigest.of("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
                        .verify())
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "sha-256",
                "sha-256=",
                "sha-256=::",
                "sha-256=:AAAA:",
                "sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=",
                "sha-256=\"RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=\"",
                "sha-256=:RK_0qy18MlBSVnWgjwz6lZEWjP_lF5HF9bvEF8FabDg=:",
                "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg===:",
                "sha-256 =:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
                "SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
                "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:;q=1",
                "sha256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
                "sha-512=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
                "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:",
                "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:, sha=:AAAA:",
                SHA_256 + ",",
                SHA_256 + ", nonsense",
                "x, " + SHA_256,
                SHA_256 + " " + SHA_512,
            })
    void isRefusedWhereItCannotBeReadOrIsOfNoneThatWeKnow(String header) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> ContentDigest.of(header))
                .withMessageStartingWith("Content-Digest cannot be read (RFC 9530): ")
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.REQUEST_INVALID));
    }

    private static String verified(@Nullable String header) throws Refusal {
        ContentDigest digest = ContentDigest.of(header);
        digest.update(ByteBuffer.wrap(PAYLOAD));
        return HexFormat.of().formatHex(digest.verify());
    }
}

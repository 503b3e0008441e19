package io.countersign.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDispositionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "attachment; filename=orders.xml | orders.xml",
                "attachment;filename=orders.xml | orders.xml",
                "attachment; FileName=orders.xml | orders.xml",
                "attachment; filename = orders.xml ; size=3 | orders.xml",
                "attachment; filename=\"two words.xml\" | two words.xml",
                "attachment; filename=\"a\\\"b.xml\" | a\"b.xml",
                "attachment; filename=\"semi;colon.xml\" | semi;colon.xml",
                "form-data; name=file; filename=\"orders.xml\" | orders.xml",
                "inline; filename=orders.xml | orders.xml",
                "attachment; filename*=UTF-8''%e2%82%ac%20rates.txt | € rates.txt",
                "attachment; filename*=utf-8'en'a%2Db.txt | a-b.txt",
                "attachment; filename=plain.txt; filename*=UTF-8''%C3%A9.txt | é.txt",
                "attachment; filename*=UTF-8''%C3%A9.txt; filename=plain.txt | é.txt",
                "attachment; filename=plain.txt; filename*=iso-8859-1''%E9.txt | plain.txt",
                "attachment; filename=first.txt; filename=second.txt | first.txt",
                "attachment; comment=\"x; filename=evil.txt\"; filename=good.txt | good.txt",
                "attachment; comment=\"x\\\"; filename=evil.txt\"; filename=good.txt | good.txt",
            })
    void namesThePayload(String header, String name) throws Refusal {
        assertThat(ContentDisposition.name(header).given()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "attachment",
                "attachment; filename=",
                "attachment; filename=\"\"",
                "attachment; name=orders.xml",
                "filename=orders.xml",
                "attachment; filename=\"../../etc/passwd\"",
                "attachment; filename=\"C:\\\\x\"",
                "attachment; filename=..",
                "attachment; filename*=UTF-8''..%2f..%2fetc%2fpasswd",
                "attachment; filename*=UTF-8''%ff",
                "attachment; filename*=UTF-8''%",
                "attachment; filename*=UTF-8''a%00b",
                "attachment; filename*=iso-8859-1''a.txt",
                "attachment; filename*=a.txt",
            })
    void thatNamesNoUsableFileIsRefused(String header) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> ContentDisposition.name(header))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.NAME_INVALID));
    }

    /** As long as a header may be, and longer; a stack must not overflow over it. */
    @Test
    void mayBeLong() {
        for (String unit : new String[] {"a", "\\a", "\\\\"}) {
            String header = "attachment; filename=\"" + unit.repeat(30_000) + "\"";

            assertThatExceptionOfType(Refusal.class)
                    .isThrownBy(() -> ContentDisposition.name(header))
                    .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.NAME_INVALID));
        }
    }
}

package io.countersign.listener;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UninterpretedTest {
    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/exchange, /exchange",
        "/exchange/, /exchange/",
        "/exchange/orders.xml, /exchange/orders.xml",
        "/exchange/~a-b_c.d, /exchange/~a-b_c.d",
        "/exchange/a%2Fb, /exchange/a_2Fb",
        "/exchange/a%20b, /exchange/a_20b",
        "/exchange/a;b=c, /exchange/a_b_c",
        "/exchange/a\\b, /exchange/a_b",
        "/exchange/é, /exchange/_",
        "/exchange/.., /exchange/_",
        "/exchange/../x, /exchange/_/x",
        "/exchange/., /exchange/_",
        "/exchange/./x, /exchange/_/x",
        "/../.., /_/_",
        "/exchange/..., /exchange/...",
        "/exchange/..a, /exchange/..a",
        "/exchange/a.., /exchange/a..",
        "/exchange/%2e%2e, /exchange/_2e_2e",
        "/exchange/..;x, /exchange/.._x",
        "/exchange//x, /exchange/_/x",
        "//exchange, /_/exchange",
        "///, /_/_/",
        "/exchange//, /exchange/_/",
        "/exchange/..//.., /exchange/_/_/_",
    })
    void isPlain(String sent, String plain) {
        assertThat(Uninterpreted.plain(sent)).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/exchange/../../etc/passwd",
                "/exchange/%2e%2e/%2e%2e/x",
                "/exchange/..%2f..%2fx",
                "/exchange/.;/..;/x",
                "/exchange/.\n/x",
                "/exchange/..\n",
                "/exchange/\u0000",
                "/a//..//./b",
                "/exchange/%%%",
                "/exchange/😀"
            })
    void hasNothingLeftThatCouldBeReadInTwoWays(String sent) {
        String plain = Uninterpreted.plain(sent);

        assertThat(plain).matches("(/[A-Za-z0-9._~-]*)+").doesNotContain("//");
        assertThat(plain.split("/")).doesNotContain(".", "..");
        assertThat(Uninterpreted.plain(plain)).isEqualTo(plain);
        assertThat(plain.startsWith("/exchange/")).isEqualTo(sent.startsWith("/exchange/"));
    }
}

package io.countersign.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {
    @ParameterizedTest
    @CsvSource({
        "edi.acme.example, edi.acme.example",
        "EDI.Acme.EXAMPLE., edi.acme.example",
        "localhost, localhost",
        "a-b.c--d.example, a-b.c--d.example",
        "_sip.acme.example, _sip.acme.example",
        "1.2.3.4.example, 1.2.3.4.example",
        "XN--bcher-kva.example, xn--bcher-kva.example",
    })
    void hasOneForm(String text, String form) {
        assertThat(HostName.parse(text).value()).isEqualTo(form);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".example",
                "a..example",
                "a b.example",
                "*.example",
                "a*.example",
                "192.0.2.7",
                "1.2.3",
                "7",
                "0x7f",
                "a.0x7f",
                "::1",
                "[::1]",
                "a/b.example",
                "a:1",
                "-a.example",
                "a-.example",
                "a\u0000.example",
                "a.example..",
                "b\u00fccher.example",
                "stra\u00dfe.example",
                "\uff45xample.example",
                "user@a.example",
                "a.example\n"
            })
    void isNotWhatCannotBeAHosts(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostName.parse(text))
                .withMessageEndingWith("is not a host's name");
    }

    @Test
    void isNotTooLong() {
        String label = "a".repeat(63);

        assertThat(HostName.parse(label + ".example").value()).startsWith(label);
        assertThatIllegalArgumentException().isThrownBy(() -> HostName.parse(label + "a.example"));
        assertThatIllegalArgumentException().isThrownBy(() -> HostName.parse((label + ".").repeat(4) + "example"));
    }

    @Test
    void isRightUnderADomainByOneLabelMore() {
        HostName domain = HostName.parse("acme.example");

        assertThat(HostName.parse("edi.acme.example").isRightUnder(domain)).isTrue();
        assertThat(HostName.parse("a.edi.acme.example").isRightUnder(domain)).isFalse();
        assertThat(HostName.parse("acme.example").isRightUnder(domain)).isFalse();
        assertThat(HostName.parse("evilacme.example").isRightUnder(domain)).isFalse();
        assertThat(HostName.parse("edi.acme.example.evil.example").isRightUnder(domain))
                .isFalse();
    }
}

package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Issue;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNameTest {
    @ParameterizedTest(name = "{0} names {1}")
    @CsvSource({
        "edi.acme.example, edi.acme.example",
        "edi.acme.example, EDI.Acme.Example",
        "EDI.ACME.EXAMPLE, edi.acme.example",
        "edi.acme.example, edi.acme.example.",
        "localhost, localhost",
        "*.acme.example, edi.acme.example",
        "*.acme.example, EDI.ACME.EXAMPLE.",
        "*.ACME.example, edi.acme.example",
        "*.acme.example, xn--bcher-kva.acme.example",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "xn--bcher-kva.example, bücher.example",
        "XN--BCHER-KVA.example, BÜCHER.example",
        "*.xn--bcher-kva.example, edi.bücher.example",
    })
    void aDnsNameIsThatOfTheHost(String name, String host) {
        assertThat(ServerName.isNamed(host, dns(name))).isTrue();
    }

    @ParameterizedTest(name = "{0} does not name {1}")
    @CsvSource({
        "edi.acme.example, acme.example",
        "edi.acme.example, xedi.acme.example",
        "acme.example, edi.acme.example",
        "acme.example, acme.example.evil.example",
        "edi.acme.example, edi.acme.example..",
        "edi.acme.example, .edi.acme.example",
        "edi.acme.example, ''",
        "*.acme.example, acme.example",
        "*.acme.example, .acme.example",
        "*.acme.example, a.b.acme.example",
        "*.acme.example, ediacme.example",
        "*.acme.example, *.acme.example.evil.example",
        "e*.acme.example, edi.acme.example",
        "*i.acme.example, edi.acme.example",
        "e*i.acme.example, edi.acme.example",
        "**.acme.example, edi.acme.example",
        "edi.*.example, edi.acme.example",
        "*.*.example, edi.acme.example",
        "*.*, acme.example",
        "*.example, acme.example",
        "*.example., acme.example",
        "*, localhost",
        "*., localhost",
        "*, acme.example",
        "xn--*.example, xn--bcher-kva.example",
        "xn--bcher-kva.example, bucher.example",
        "192.0.2.1, 192.0.2.1",
        "*.0.2.1, 192.0.2.1",
        "2001:db8::1, 2001:db8::1",
    })
    void aDnsNameIsNotThatOfTheHost(String name, String host) {
        assertThat(ServerName.isNamed(host, dns(name))).isFalse();
    }

    @ParameterizedTest(name = "{0} names {1}")
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1, ::ffff:192.0.2.1",
        "2001:db8::1, 2001:db8::1",
        "2001:db8::1, [2001:db8::1]",
        "2001:db8::1, 2001:DB8:0:0:0:0:0:1",
        "2001:db8::1, [2001:0db8:0000::0001]",
        "2001:db8::c000:201, 2001:db8::192.0.2.1",
        "::1, [::1]",
    })
    void anAddressIsThatOfTheHost(String name, String host) {
        assertThat(ServerName.isNamed(host, ip(name))).isTrue();
    }

    @ParameterizedTest(name = "{0} does not name {1}")
    @CsvSource({
        "192.0.2.1, 192.0.2.2",
        "192.0.2.1, 192.0.2.10",
        "192.0.2.1, 192.0.2.1.",
        "192.0.2.1, 3221225985",
        "192.0.2.1, 0xc0.0.2.1",
        "192.0.2.1, edi.acme.example",
        "2001:db8::1, 2001:db8::2",
        "::1, 127.0.0.1",
        "127.0.0.1, localhost",
    })
    void anAddressIsNotThatOfTheHost(String name, String host) {
        assertThat(ServerName.isNamed(host, ip(name))).isFalse();
    }

    @Test
    void oneOfSeveralNamesIsEnough() {
        X509Certificate certificate = Issue.to("CN=a")
                .dns("other.example")
                .dns("edi.acme.example")
                .ip("192.0.2.1")
                .selfSigned()
                .certificate();

        assertThat(ServerName.isNamed("edi.acme.example", certificate)).isTrue();
        assertThat(ServerName.isNamed("192.0.2.1", certificate)).isTrue();
        assertThat(ServerName.isNamed("acme.example", certificate)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"edi.acme.example", "192.0.2.1"})
    void noOtherKindOfNameCounts(String host) {
        X509Certificate certificate = Issue.to("CN=" + host)
                .uri("https://" + host)
                .email("edi@" + host)
                .selfSigned()
                .certificate();

        assertThat(ServerName.isNamed(host, certificate)).isFalse();
        assertThat(ServerName.names(certificate)).isEmpty();
    }

    @Test
    void theCommonNameDoesNotCount() {
        X509Certificate certificate =
                Issue.to("CN=edi.acme.example").selfSigned().certificate();

        assertThat(ServerName.isNamed("edi.acme.example", certificate)).isFalse();
        assertThat(ServerName.names(certificate)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"edi.acme.example\0.evil.example", "edi.acme.example ", "bücher.example", "edi_acme?"})
    void aNameThatCannotBeAHostsNamesNothing(String name) {
        assertThat(ServerName.isNamed("edi.acme.example", dns(name))).isFalse();
    }

    @Test
    void whatIsToldIsShortAndOnOneLine() {
        Issue many = Issue.to("CN=a").ip("192.0.2.1");
        for (int i = 0; i < 20; i++) {
            many.dns("h" + i + ".example");
        }

        assertThat(ServerName.names(many.selfSigned().certificate()))
                .hasSize(10)
                .startsWith("h0.example");
        assertThat(ServerName.names(dns("a\n\u202eb.example"))).noneMatch(name -> name.matches("(?s).*[\n\u202e].*"));
    }

    private static X509Certificate dns(String name) {
        return Issue.to("CN=a").dns(name).selfSigned().certificate();
    }

    private static X509Certificate ip(String name) {
        return Issue.to("CN=a").ip(name).selfSigned().certificate();
    }
}

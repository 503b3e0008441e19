package io.countersign.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCertHeaderTest {
    private static final Certified AUTHORITY = Issue.root("CN=ca");
    private static final Certified INTERMEDIATE =
            Issue.to("CN=intermediate").asAuthority().by(AUTHORITY);
    private static final Certified ACME = Issue.to("CN=acme").by(INTERMEDIATE);
    private static final String OWN = member(ACME.certificate());
    private static final String ABOVE = member(INTERMEDIATE.certificate());
    private static final String TOP = member(AUTHORITY.certificate());

    @Test
    void readsTheCallersOwnFirstAndItsChainOverAnyNumberOfLines() throws Exception {
        List<X509Certificate> whole = List.of(ACME.certificate(), INTERMEDIATE.certificate(), AUTHORITY.certificate());
        assertThat(read(List.of(OWN))).containsExactly(ACME.certificate());
        assertThat(read(List.of(OWN), ABOVE + ", " + TOP)).isEqualTo(whole);
        assertThat(read(List.of(OWN), ABOVE + "\t,\t" + TOP)).isEqualTo(whole);
        assertThat(read(List.of(OWN), ABOVE, TOP)).isEqualTo(whole);
        assertThat(read(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";a",
                ";a=1",
                "; a=-1.5;b",
                ";a=\"x, :y: \\\" \\\\\"",
                ";a=?1",
                ";a=token/x:y",
                ";a=*t",
                ";*a.b-c_1=:aGVsbG8=:",
                ";a=\":\""
            })
    void parametersMeanNothing(String parameters) throws Exception {
        assertThat(read(List.of(OWN + parameters), ABOVE + parameters + ", " + TOP))
                .containsExactly(ACME.certificate(), INTERMEDIATE.certificate(), AUTHORITY.certificate());
    }

    @Test
    void base64WithoutItsPaddingIsReadToo() throws Exception {
        assertThat(read(List.of(OWN.replace("=", "")))).containsExactly(ACME.certificate());
    }

    static Stream<Arguments> unreadable() throws Exception {
        byte[] der = ACME.certificate().getEncoded();
        return Stream.of(
                Arguments.of("a chain alone", List.of(), List.of(ABOVE), "Client-Cert-Chain comes without Client-Cert"),
                Arguments.of("two lines", List.of(OWN, OWN), List.of(), "Client-Cert comes 2 times; accepted: once"),
                Arguments.of("two members", List.of(OWN + ", " + ABOVE), List.of(), "Client-Cert has 2 certificates"),
                Arguments.of("nothing in it", List.of(""), List.of(), "Client-Cert is empty"),
                Arguments.of("nothing in the chain", List.of(OWN), List.of(" "), "Client-Cert-Chain is empty"),
                Arguments.of("a comma at the end", List.of(OWN + ","), List.of(), "ends with a comma"),
                Arguments.of("a comma at the beginning", List.of("," + OWN), List.of(), "has no ':' at character 1"),
                Arguments.of("two commas", List.of(OWN), List.of(ABOVE + ",," + TOP), "has no ':' at character"),
                Arguments.of("an empty line in between", List.of(OWN), List.of(ABOVE, "", TOP), "has no ':'"),
                Arguments.of("no comma", List.of(OWN), List.of(ABOVE + " " + TOP), "has no ',' at character"),
                Arguments.of("no colons", List.of(OWN.replace(":", "")), List.of(), "has no ':' at character 1"),
                Arguments.of(
                        "no colon at the end",
                        List.of(OWN.substring(0, OWN.length() - 1)),
                        List.of(),
                        "no colon at the end of its base64"),
                Arguments.of("no base64", List.of(":###:"), List.of(), "something else than base64"),
                Arguments.of("base64 for URLs", List.of(":-_-_:"), List.of(), "something else than base64"),
                Arguments.of("a blank in it", List.of(":MII BAA:"), List.of(), "something else than base64"),
                Arguments.of("a string", List.of("\"x\""), List.of(), "has no ':' at character 1"),
                Arguments.of("empty bytes", List.of("::"), List.of(), "no certificate"),
                Arguments.of("other bytes", List.of(member("hello")), List.of(), "no certificate"),
                Arguments.of("PEM", List.of(member(Certified.pem(ACME.certificate()))), List.of(), "DER"),
                Arguments.of("a byte more", List.of(member(Arrays.copyOf(der, der.length + 1))), List.of(), "DER"),
                Arguments.of(
                        "a byte less",
                        List.of(member(Arrays.copyOf(der, der.length - 1))),
                        List.of(),
                        "no certificate"),
                Arguments.of(
                        "two in one",
                        List.of(member(io.countersign.testing.ProxyBytes.joined(der, der))),
                        List.of(),
                        "something else than one certificate in DER"),
                Arguments.of("escaped PEM", List.of("-----BEGIN%20CERTIFICATE-----"), List.of(), "has no ':'"),
                Arguments.of("an open string", List.of(OWN + ";a=\"x"), List.of(), "a string without an end"),
                Arguments.of("no parameter", List.of(OWN + ";"), List.of(), "a parameter that cannot be read"),
                Arguments.of("an empty value", List.of(OWN + ";a="), List.of(), "a parameter that cannot be read"),
                Arguments.of("a wrong boolean", List.of(OWN + ";a=?2"), List.of(), "a parameter that cannot be read"),
                Arguments.of("a capital name", List.of(OWN + ";A=1"), List.of(), "a parameter that cannot be read"),
                Arguments.of(
                        "eleven",
                        List.of(OWN),
                        Collections.nCopies(10, ABOVE),
                        "have 11 certificates; accepted: at most 10"),
                Arguments.of(
                        "too long",
                        List.of(OWN),
                        List.of(":" + "A".repeat(65_536) + ":"),
                        "more than 65536 characters"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void whatCouldBeReadInTwoWaysOrNotAtAllIsRefused(
            String name, List<String> certificate, List<String> chain, String reason) {
        assertThatThrownBy(() -> ClientCertHeader.read(certificate, chain))
                .as(name)
                .isInstanceOf(UnclearCallerException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void anythingElseIsReadOrRefusedAndNothingElse() {
        Random random = new Random(20261128);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            StringBuilder header = new StringBuilder(OWN + ";a=\"b\", " + ABOVE);
            for (int change = random.nextInt(3); change >= 0; change--) {
                header.setCharAt(random.nextInt(header.length()), (char) (' ' + random.nextInt(96)));
            }
            try {
                var unused = ClientCertHeader.read(List.of(OWN), List.of(header.toString()));
            } catch (UnclearCallerException expected) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    private static List<X509Certificate> read(List<String> own, String... chain) throws UnclearCallerException {
        return ClientCertHeader.read(own, List.of(chain));
    }

    private static String member(X509Certificate certificate) {
        try {
            return member(certificate.getEncoded());
        } catch (java.security.cert.CertificateEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String member(String text) {
        return member(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String member(byte[] bytes) {
        return ":" + Base64.getEncoder().encodeToString(bytes) + ":";
    }
}

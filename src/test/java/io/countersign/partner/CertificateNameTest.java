package io.countersign.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.countersign.testing.Issue;
import java.security.cert.CertificateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateNameTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CN=edi, O=Acme, C=DE | CN=edi,O=Acme,C=DE",
                "CN=edi, O=Acme, C=DE | cn=EDI , o=ACME,c=de",
                "CN=edi, O=Acme Corp | CN=edi, O=Acme   Corp",
                "CN=edi, O=Acme Corp | CN=edi, O=\" Acme Corp \"",
                "CN=edi, O=Acme | 2.5.4.3=edi, 2.5.4.10=Acme",
                "CN=edi, EMAILADDRESS=a@acme.example | CN=edi, 1.2.840.113549.1.9.1=a@acme.example",
                "CN=edi, SERIALNUMBER=7 | CN=edi, 2.5.4.5=7",
                "CN=edi, organizationIdentifier=X | CN=edi, 2.5.4.97=X",
                "CN=edi+O=Acme | O=Acme+CN=edi",
                "CN=a\\,b | CN=\"a,b\"",
            })
    void ofASubjectComparesAsAnX500Name(String one, String other) {
        assertThat(CertificateName.subject(one))
                .isEqualTo(CertificateName.subject(other))
                .hasSameHashCodeAs(CertificateName.subject(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CN=edi, O=Acme | O=Acme, CN=edi",
                "CN=edi, O=Acme | CN=edi",
                "CN=edi, O=Acme | CN=edi, O=Acme, C=DE",
                "CN=edi, O=Acme | CN=edi+O=Acme",
                "CN=edi, O=Acme | CN=\"edi, O=Acme\"",
                "CN=edi, O=Acme | CN=edi, OU=Acme",
                "CN=edi | CN=edix",
                "CN=edi | CN=*",
                "CN=Acme Corp | CN=AcmeCorp",
            })
    void ofASubjectIsNotAnothersWhoseTextIsAlike(String one, String other) {
        assertThat(CertificateName.subject(one)).isNotEqualTo(CertificateName.subject(other));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "edi", "CN", "CN=edi, Acme", "XY=edi", "CN=edi;;", "dns:acme.example", "/C=DE/CN=edi"})
    void ofASubjectIsRefusedWhereTheTextIsNoX500Name(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CertificateName.subject(text))
                .withMessageEndingWith("; accepted: RFC 4514, such as 'CN=edi, O=Acme, C=DE'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dns:acme.example | dns:ACME.Example",
                "dns:acme.example | DNS: acme.example",
                "dns:acme.example | dns:acme.example.",
                "ip:192.0.2.7 | ip:::ffff:192.0.2.7",
                "ip:2001:db8::7 | ip:2001:0DB8:0:0::7",
                "email:edi@acme.example | email:edi@ACME.example",
                "uri:urn:acme:edi | URI:urn:acme:edi",
            })
    void comparesAsItsKindDemands(String one, String other) {
        assertThat(CertificateName.san(one))
                .isEqualTo(CertificateName.san(other))
                .hasSameHashCodeAs(CertificateName.san(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dns:acme.example | dns:edi.acme.example",
                "dns:*.acme.example | dns:edi.acme.example",
                "dns:acme.example | uri:acme.example",
                "dns:192.0.2.7 | ip:192.0.2.7",
                "ip:192.0.2.7 | ip:192.0.2.8",
                "email:edi@acme.example | email:EDI@acme.example",
                "email:edi@acme.example | email:edi@acme.example.",
                "uri:https://acme.example/edi | uri:https://acme.example/EDI",
                "uri:https://acme.example/edi | uri:https://ACME.example/edi",
                "uri:https://acme.example | uri:https://acme.example/",
                "uri:urn:acme:%41 | uri:urn:acme:A",
            })
    void isNotAnotherThatIsAlike(String one, String other) {
        assertThat(CertificateName.san(one)).isNotEqualTo(CertificateName.san(other));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "acme.example",
                ":",
                "dns:",
                "dns: ",
                "ip:",
                "uri:",
                "email:",
                "cn:acme",
                "url:https://acme.example",
                "rid:1.2.3"
            })
    void isRefusedWhereItsKindIsUnknownOrNothingFollows(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CertificateName.san(text))
                .withMessage("'" + text + "' is not a name; accepted: " + CertificateName.ACCEPTED_SANS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ip:acme.example | 'acme.example' is not an IP address",
                "ip:192.0.2.0/24 | '192.0.2.0/24' is not an IP address",
                "ip:127.1 | '127.1' is not an IP address",
                "uri:a b | 'a b' is not a URI",
                "uri:https://acme example | is not a URI",
                "email:acme | 'acme' is not an e-mail address",
                "email:@acme.example | '@acme.example' is not an e-mail address",
                "email:edi@ | 'edi@' is not an e-mail address",
            })
    void isRefusedWhereItIsNoneOfItsKind(String text, String said) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CertificateName.san(text))
                .withMessageContaining(said);
    }

    @Test
    void ofACertificateIsEachThatItCarries() throws CertificateException {
        var certificate = Issue.to("CN=edi, O=Acme")
                .dns("EDI.acme.example")
                .dns("*.acme.example")
                .uri("urn:acme:edi")
                .ip("192.0.2.7")
                .ip("2001:db8::7")
                .email("edi@ACME.example")
                .selfSigned()
                .certificate();

        assertThat(CertificateName.of(certificate))
                .containsExactlyInAnyOrder(
                        CertificateName.subject("CN=edi,O=acme"),
                        CertificateName.san("dns:edi.acme.example"),
                        CertificateName.san("dns:*.acme.example"),
                        CertificateName.san("uri:urn:acme:edi"),
                        CertificateName.san("ip:192.0.2.7"),
                        CertificateName.san("ip:2001:db8::7"),
                        CertificateName.san("email:edi@acme.example"));
    }

    @Test
    void ofACertificateIsItsSubjectAloneWhereItCarriesNoOther() throws CertificateException {
        assertThat(CertificateName.of(Issue.to("CN=edi").selfSigned().certificate()))
                .containsExactly(CertificateName.subject("CN=edi"));
    }

    @Test
    void saysItsKind() {
        assertThat(CertificateName.san("dns:ACME.example")).hasToString("dns:acme.example");
        assertThat(CertificateName.subject("CN=EDI, O=Acme")).hasToString("subject:cn=edi,o=acme");
    }
}

package io.countersign.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.tls.Dated;
import io.countersign.tls.Dated.Kind;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** Public authorities give out no certificates for clients any more: whoever shows one of theirs is told in time. */
class NotRenewableTest {
    private static final String POLICIES = "2.5.29.32";
    private static final String TIMESTAMPS = "1.3.6.1.4.1.11129.2.4.2";
    private static final String DOMAIN_VALIDATED = "2.23.140.1.2.1";

    @ParameterizedTest
    @ValueSource(strings = {DOMAIN_VALIDATED, "2.23.140.1.2.2", "2.23.140.1.2.3", "2.23.140.1.1"})
    void isToldByThePolicy(String policy) {
        X509Certificate certificate = certificate(issue().extension(POLICIES, policies("1.3.6.1.4.1.1", policy)));
        assertThat(advice(Kind.PARTNER_PIN, certificate))
                .singleElement()
                .asString()
                .startsWith(
                        "partner acme's pinned certificate 'CN=public' (certificates/acme.crt, SHA-256 fingerprint ")
                .contains("could not be renewed for clients", "a private authority", "self-signed", "pin that");
    }

    @Test
    void isToldByTheTimestampsOfTheLogs() {
        X509Certificate certificate = certificate(issue().extension(TIMESTAMPS, new DEROctetString(new byte[] {0, 0})));
        assertThat(advice(Kind.OWN_CERTIFICATE, certificate))
                .singleElement()
                .asString()
                .startsWith("our own certificate 'CN=public'")
                .contains("could not be renewed for clients", "have partners accept that");
    }

    @Test
    void whatIsNotForClientsAlreadyIsSaidToBe() {
        X509Certificate certificate = certificate(
                issue().purposes(KeyPurposeId.id_kp_serverAuth).extension(POLICIES, policies(DOMAIN_VALIDATED)));
        assertThat(advice(Kind.PARTNER_IDENTITY, certificate))
                .singleElement()
                .asString()
                .startsWith("our certificate for partner acme 'CN=public'")
                .contains("is not for clients already, its purposes lack clientAuth");
    }

    @Test
    void aPrivateAuthorityMayHavePoliciesToo() {
        assertThat(advice(Kind.PARTNER_PIN, certificate(issue()))).isEmpty();
        assertThat(advice(Kind.PARTNER_PIN, certificate(issue().extension(POLICIES, policies("2.23.140.1.2.4")))))
                .isEmpty();
    }

    @Test
    void aPolicyExtensionThatCannotBeReadSaysNothing() {
        X509Certificate certificate =
                certificate(issue().extension(POLICIES, new ASN1ObjectIdentifier(DOMAIN_VALIDATED)));
        assertThat(advice(Kind.PARTNER_PIN, certificate)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"OWN_CERTIFICATE", "PARTNER_PIN", "PARTNER_IDENTITY"})
    void serversAndAuthoritiesMayBePublic(Kind kind) {
        X509Certificate certificate = certificate(issue().extension(POLICIES, policies(DOMAIN_VALIDATED)));
        assertThat(advice(kind, certificate)).isEmpty();
    }

    @Test
    void isLoggedOnceForEachThatComesIntoForce() {
        List<Dated> inForce = new ArrayList<>();
        Expiry expiry = new Expiry(() -> inForce, Clock.systemUTC());
        try (Logged log = Logged.by("countersign.expiry")) {
            for (int i = 1; i <= 2; i++) {
                inForce.add(Dated.of(
                        Kind.PARTNER_PIN,
                        "acme",
                        "x",
                        certificate(issue().extension(POLICIES, policies(DOMAIN_VALIDATED)))));
                expiry.look();
                assertThat(log.news())
                        .singleElement()
                        .asString()
                        .startsWith("WARN partner acme's")
                        .contains("public web");
                expiry.look();
                assertThat(log.news()).isEmpty();
                assertThat(expiry.notRenewable()).hasSize(i);
            }
        }
    }

    private static Issue issue() {
        return Issue.to("CN=public")
                .valid(Instant.now().minus(Duration.ofHours(1)), Instant.now().plus(Duration.ofDays(60)));
    }

    private static X509Certificate certificate(Issue issue) {
        return issue.by(Issue.root("CN=authority")).certificate();
    }

    private static CertificatePolicies policies(String... ids) {
        return new CertificatePolicies(java.util.Arrays.stream(ids)
                .map(id -> new PolicyInformation(new ASN1ObjectIdentifier(id)))
                .toArray(PolicyInformation[]::new));
    }

    private static List<String> advice(Kind kind, X509Certificate certificate) {
        Dated dated = Dated.of(kind, "acme", "certificates/acme.crt", certificate);
        return new Expiry(() -> List.of(dated), Clock.systemUTC()).notRenewable();
    }
}

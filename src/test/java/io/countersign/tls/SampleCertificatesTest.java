package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.countersign.testing.Issue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleCertificatesTest {
    @TempDir
    Path folder;

    private List<Path> written;

    @BeforeEach
    void write() throws IOException {
        written = SampleCertificates.write(folder.resolve("certs-sample"));
    }

    @Test
    void areACertificateAndAKeyForEach() {
        assertThat(written.stream().map(file -> file.getFileName().toString()))
                .containsExactly(
                        "acme.crt",
                        "acme.key",
                        "ca.crt",
                        "ca.key",
                        "company.crt",
                        "company.key",
                        "globex.crt",
                        "globex.key",
                        "stranger.crt",
                        "stranger.key");
        assertThat(written).allSatisfy(file -> assertThat(file).isNotEmptyFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"company", "acme", "globex", "stranger"})
    void areIdentitiesUnderTheSampleAuthority(String name) throws Exception {
        Identity identity = Identity.read(file(name + ".crt"), file(name + ".key"), null);
        Authorities authorities = Authorities.read(file("ca.crt"));

        CertificationPath path = CertificationPath.build(identity.chain(), authorities, Instant.now());

        assertThat(path.issuers()).containsExactlyElementsOf(authorities.authorities());
        assertThat(identity.certificate().getSubjectX500Principal().getName()).startsWith("CN=" + name + ",");
    }

    @Test
    void nameTheCompanyAsLoopbackIsCalled() throws Exception {
        Collection<List<?>> names = certificate("company").getSubjectAlternativeNames();

        assertThat(names)
                .extracting(name -> name.get(1).toString())
                .containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"company", "acme", "globex", "stranger"})
    void areForBothSidesOfTlsAndForSigningReceipts(String name) throws Exception {
        assertThat(certificate(name).getExtendedKeyUsage())
                .containsExactly(Certificates.SERVER_AUTH, Certificates.CLIENT_AUTH, "1.3.6.1.5.5.7.3.4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca", "company", "acme", "globex", "stranger"})
    void areKnownAsSuch(String name) throws KeyMaterialException {
        assertThat(SampleCertificates.isSample(certificate(name))).isTrue();
    }

    @Test
    void areKnownByTheirIssuerToo() {
        X509Certificate issued = Issue.to("CN=own")
                .by(Issue.root("CN=ca, O=" + SampleCertificates.ORGANIZATION))
                .certificate();

        assertThat(SampleCertificates.isSample(issued)).isTrue();
    }

    @Test
    void areNotOnesOwn() {
        assertThat(SampleCertificates.isSample(
                        Issue.to("CN=company, O=Acme").by(Issue.root("CN=Root")).certificate()))
                .isFalse();
    }

    @Test
    void replaceThoseBeforeThem() throws IOException {
        Path acme = file("acme.crt");
        String before = Files.readString(acme);
        SampleCertificates.write(folder.resolve("certs-sample"));

        assertThat(Files.readString(acme)).isNotEqualTo(before);
        assertThatCode(() -> Identity.read(acme, file("acme.key"), null)).doesNotThrowAnyException();
    }

    /** Those that are shipped must not have been replaced by others, which nothing would keep to loopback. */
    @ParameterizedTest
    @ValueSource(strings = {"ca", "company", "acme", "globex", "stranger"})
    void areWhatIsShipped(String name) throws KeyMaterialException {
        Path shipped = Path.of("certs-sample");
        Identity identity = Identity.read(shipped.resolve(name + ".crt"), shipped.resolve(name + ".key"), null);

        assertThat(SampleCertificates.isSample(identity.certificate())).isTrue();
    }

    private X509Certificate certificate(String name) throws KeyMaterialException {
        return PemFile.read(file(name + ".crt")).certificates().get(0);
    }

    private Path file(String name) {
        return folder.resolve("certs-sample").resolve(name);
    }
}

package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.tls.Authorities.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthoritiesTest {
    private static final Certified ONE = Issue.root("CN=One");
    private static final Certified TWO = Issue.root("CN=Two");
    private static final Certified THREE = Issue.root("CN=Three");
    private static final Certified LEAF = Issue.to("CN=leaf").by(ONE);

    @TempDir
    Path folder;

    @Test
    void areReadFromAFile() throws IOException, KeyMaterialException {
        Path bundle =
                Files.writeString(folder.resolve("bundle.txt"), Certified.pem(ONE.certificate(), TWO.certificate()));

        Authorities authorities = Authorities.read(bundle);

        assertThat(authorities.certificates()).containsExactly(ONE.certificate(), TWO.certificate());
        assertThat(authorities.authorities())
                .containsExactly(Authority.of(ONE.certificate()), Authority.of(TWO.certificate()));
        assertThat(authorities.contains(Authority.of(TWO.certificate()))).isTrue();
        assertThat(authorities.contains(Authority.of(THREE.certificate()))).isFalse();
    }

    @Test
    void areReadFromEveryCertificateFileOfAFolder() throws IOException, KeyMaterialException {
        Files.writeString(folder.resolve("a.pem"), Certified.pem(ONE.certificate()));
        Files.writeString(folder.resolve("b.CRT"), Certified.pem(TWO.certificate()));
        Files.writeString(folder.resolve("c.cer"), Certified.pem(THREE.certificate()));

        assertThat(Authorities.read(folder).certificates())
                .containsExactly(ONE.certificate(), TWO.certificate(), THREE.certificate());
    }

    @Test
    void ignoreTheOtherFilesOfAFolder() throws IOException, KeyMaterialException {
        Files.writeString(folder.resolve("a.pem"), Certified.pem(ONE.certificate()));
        Files.writeString(folder.resolve("README.txt"), "not PEM");
        Files.writeString(folder.resolve("ca.key"), "not PEM");
        Files.writeString(folder.resolve("b.pem.bak"), Certified.pem(TWO.certificate()));
        Files.writeString(folder.resolve(".hidden.pem"), Certified.pem(TWO.certificate()));
        Files.writeString(folder.resolve("noending"), Certified.pem(TWO.certificate()));
        Files.createDirectory(folder.resolve("old.pem"));
        Files.writeString(folder.resolve("old.pem/c.pem"), Certified.pem(TWO.certificate()));

        assertThat(Authorities.read(folder).certificates()).containsExactly(ONE.certificate());
    }

    @Test
    void areNotReadFromAFolderWithoutAny() {
        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Authorities.read(folder))
                .withMessageStartingWith(folder + " holds no certificate (looked for ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areNotReadWhereOneIsAPartnersCertificate(boolean asFolder) throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), Certified.pem(ONE.certificate(), LEAF.certificate()));

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Authorities.read(asFolder ? folder : file))
                .withMessage(file + " holds 'CN=leaf', which is not an authority's certificate (basicConstraints"
                        + " without CA:TRUE)");
    }

    @Test
    void areReadPastRevocationLists() throws Exception {
        Files.writeString(folder.resolve("a.pem"), Certified.pem(ONE.certificate(), PemFileTest.revocationList()));
        Files.writeString(folder.resolve("b.pem"), Certified.pem(PemFileTest.revocationList()));
        Files.write(folder.resolve("c.crl"), PemFileTest.revocationList().getEncoded());

        assertThat(Authorities.read(folder).certificates()).containsExactly(ONE.certificate());
    }

    @Test
    void areNotReadWhereOneFileOfAFolderIsBroken() throws IOException {
        Files.writeString(folder.resolve("a.pem"), Certified.pem(ONE.certificate()));
        Path broken = Files.writeString(folder.resolve("b.pem"), "garbage");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Authorities.read(folder))
                .withMessageStartingWith(broken + " holds no PEM block");
    }

    @Test
    void areNotReadFromNothing() {
        Path missing = folder.resolve("missing");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Authorities.read(missing))
                .withMessage(missing + " no such file");
    }

    @Test
    void areFoundByNameHoweverItIsWritten() {
        Authorities authorities = Authorities.of(List.of(ONE.certificate(), TWO.certificate()));

        assertThat(authorities.named(new X500Principal("cn= oNE "))).containsExactly(ONE.certificate());
        assertThat(authorities.named(new X500Principal("CN=Three"))).isEmpty();
    }

    @Test
    void withOneNameAndTwoKeysAreTwo() {
        Certified other = Issue.root("CN=One");
        Authorities authorities = Authorities.of(List.of(ONE.certificate(), other.certificate()));

        assertThat(authorities.authorities()).hasSize(2);
        assertThat(authorities.named(new X500Principal("CN=One")))
                .containsExactly(ONE.certificate(), other.certificate());
        assertThat(Authorities.of(List.of(ONE.certificate())).contains(Authority.of(other.certificate())))
                .isFalse();
    }

    @Test
    void withOneNameAndOneKeyAreOneOfWhichAllCertificatesAreKept() {
        Certified renewed = Issue.to("CN=One")
                .asAuthority()
                .keys(ONE.keys())
                .valid(Instant.now().minus(Duration.ofHours(1)), Instant.now().plus(Duration.ofDays(900)))
                .selfSigned();
        Authorities authorities = Authorities.of(List.of(ONE.certificate(), renewed.certificate(), ONE.certificate()));

        assertThat(authorities.authorities()).containsExactly(Authority.of(ONE.certificate()));
        assertThat(authorities.certificates()).containsExactly(ONE.certificate(), renewed.certificate());
        assertThat(authorities.named(new X500Principal("CN=One")))
                .containsExactly(ONE.certificate(), renewed.certificate());
    }
}

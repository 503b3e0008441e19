package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.tls.Dated.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of something that ends: what it is, whose, and where it stands. */
class DatedTest {
    private static final Certified ROOT = Issue.root("CN=Root");
    private static final Certified BELOW = Issue.to("CN=Below").asAuthority().by(ROOT);
    private static final Certified COMPANY = Issue.to("CN=company").by(BELOW);

    @TempDir
    private Path folder;

    @Test
    void theCompanysChainIsThereWithTheFileOfItsCertificate() throws Exception {
        Path file = COMPANY.write(folder, "company");
        CompanyIdentity company = new CompanyIdentity();
        company.setCertificate(file.toString());
        company.setKey(folder.resolve("company.key").toString());

        company.inForce();
        assertThat(company.dated())
                .containsExactly(
                        Dated.of(Kind.OWN_CERTIFICATE, "company", file.toString(), COMPANY.certificate()),
                        Dated.of(Kind.OWN_CHAIN, "company", file.toString(), BELOW.certificate()));
        Dated own = company.dated().get(0);
        assertThat(own.whose()).isEqualTo("our own certificate 'CN=company'");
        assertThat(own.fingerprint()).isEqualTo(COMPANY.fingerprint());
        assertThat(own.notBefore())
                .isEqualTo(COMPANY.certificate().getNotBefore().toInstant());
        assertThat(own.notAfter()).isEqualTo(COMPANY.certificate().getNotAfter().toInstant());
        assertThat(own.kind()).hasToString("own-certificate");
    }

    @Test
    void whatHasNotBeenInForceIsNotThere() throws Exception {
        Path file = COMPANY.write(folder, "company");
        CompanyIdentity company = new CompanyIdentity();
        company.setCertificate(file.toString());
        company.setKey(folder.resolve("company.key").toString());
        Files.writeString(file, "half");

        assertThat(company.dated()).isEmpty();
    }

    @Test
    void anAuthorityKnowsWhichFileOfTheFolderItStandsIn() throws Exception {
        ROOT.write(folder, "root");
        Path below = BELOW.write(folder, "below");

        Authorities authorities = Authorities.read(folder);

        assertThat(authorities.file(BELOW.certificate())).isEqualTo(below.toString());
        assertThat(authorities.file(COMPANY.certificate())).isEmpty();
        assertThat(Authorities.of(ROOT.chain()).file(ROOT.certificate())).isEmpty();
    }
}

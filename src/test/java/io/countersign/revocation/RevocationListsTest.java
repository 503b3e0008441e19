package io.countersign.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.RevokedList;
import io.countersign.tls.Authorities;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.KeyMaterialException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationListsTest {
    private static final Certified ROOT = Issue.root("CN=Root");

    @TempDir
    private Path folder;

    @Test
    void standBesideAuthoritiesAsPemOrDer() throws Exception {
        Instant from = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        RevokedList list = RevokedList.of(ROOT).valid(from, from.plusSeconds(60));
        Path bundle = Files.writeString(folder.resolve("ca.pem"), Certified.pem(ROOT.certificate(), list.list()));
        Path der = Files.write(folder.resolve("list.crl"), list.bytes());

        RevocationLists lists = RevocationLists.read(folder);
        assertThat(lists.lists()).extracting(RevocationList::place).containsExactly(bundle.toString(), der.toString());
        assertThat(lists.lists()).allSatisfy(each -> {
            assertThat(each.issuer()).isEqualTo(new X500Principal("CN=Root"));
            assertThat(each.thisUpdate()).isEqualTo(from);
            assertThat(each.nextUpdate()).isEqualTo(from.plusSeconds(60));
        });
        assertThat(Authorities.read(folder).certificates()).containsExactly(ROOT.certificate());
        assertThat(RevocationLists.read(bundle).lists()).hasSize(1);
    }

    @Test
    void mayBeNone() throws Exception {
        ROOT.write(folder, "ca");

        assertThat(RevocationLists.read(folder.resolve("ca.crt")).lists()).isEmpty();
    }

    @Test
    void countForWhomHasSignedThem() throws Exception {
        Files.write(folder.resolve("list.crl"), RevokedList.of(ROOT).bytes());
        RevocationLists lists = RevocationLists.read(folder);

        assertThat(lists.of(Authority.of(ROOT.certificate()))).hasSize(1);
        assertThat(lists.of(Authority.of(Issue.root("CN=Root").certificate()))).isEmpty();
        assertThat(lists.of(
                        new Authority(new X500Principal("CN=Other"), ROOT.keys().getPublic())))
                .isEmpty();
    }

    @Test
    void areNotReadWhereTheyAreOfAKindThatDoesNotCount() throws Exception {
        Certified revoked = Issue.to("CN=leaf").by(ROOT);
        refused(
                RevokedList.of(ROOT).extension(Extension.deltaCRLIndicator, true, new ASN1Integer(1)),
                "holds a delta revocation list; accepted: whole ones");
        String indirect = "holds an indirect revocation list; accepted: lists of the issuer's own certificates only";
        refused(
                RevokedList.of(ROOT)
                        .extension(
                                Extension.issuingDistributionPoint,
                                true,
                                new IssuingDistributionPoint(null, false, false, null, true, false)),
                indirect);
        refused(
                RevokedList.of(ROOT)
                        .entry(
                                revoked,
                                Extension.certificateIssuer,
                                true,
                                new GeneralNames(new GeneralName(new X500Name("CN=Other")))),
                indirect);
        String unknown = "holds a revocation list with critical extensions that are not known: [1.2.3.4];"
                + " accepted: issuingDistributionPoint";
        refused(RevokedList.of(ROOT).extension(new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE), unknown);
        refused(
                RevokedList.of(ROOT).entry(revoked, new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE),
                unknown);
        refused(
                RevokedList.of(ROOT).signedWith("SHA1withECDSA"),
                "cannot be used: a revocation list is signed with SHA1withECDSA; accepted: SHA-256 or better");
    }

    @Test
    void areNotReadBeforeTheyAreValid() throws Exception {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Instant from = now.plusSeconds(600);
        refused(
                RevokedList.of(ROOT).valid(from, from.plusSeconds(60)),
                "holds a revocation list of 'CN=Root' that is not valid before " + from
                        + "; accepted: lists whose thisUpdate has come, or comes within 5 minutes");

        Files.write(
                folder.resolve("list.crl"),
                RevokedList.of(ROOT)
                        .valid(now.plusSeconds(120), from.plusSeconds(60))
                        .bytes());
        assertThat(RevocationLists.read(folder).lists()).hasSize(1);
    }

    @Test
    void areNotReadWhereTheyAreBroken() throws Exception {
        byte[] bytes = RevokedList.of(ROOT).bytes();
        Path file = Files.write(folder.resolve("list.crl"), java.util.Arrays.copyOf(bytes, bytes.length - 1));

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> RevocationLists.read(folder))
                .withMessageStartingWith(file + " cannot be read as PEM: ");
    }

    private void refused(RevokedList list, String words) throws Exception {
        Path file = Files.write(folder.resolve("list.crl"), list.bytes());

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> RevocationLists.read(folder))
                .withMessage(file + " " + words);
    }
}

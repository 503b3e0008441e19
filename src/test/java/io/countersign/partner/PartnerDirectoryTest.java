package io.countersign.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.address.AddressCheck;
import io.countersign.address.AllowedAddresses;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.settings.Problems;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.tls.Authorities;
import io.countersign.tls.RevocationCheck;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartnerDirectoryTest {
    private static final RevocationCheck NOTHING_REVOKED = (path, stapled) -> {};
    private static final PartnerServer NOWHERE = new PartnerServer(null, null, true, null, AllowedAddresses.ANYWHERE);
    private static final AddressCheck ANYWHERE = new AddressCheck(AddressCheck.Kind.OFF, AllowedAddresses.NOWHERE);

    private static final Certified SHARED = Issue.root("CN=Shared");
    private static final Certified OWN = Issue.root("CN=Acme CA");
    private static final Certified OTHER_OWN = Issue.root("CN=Globex CA");
    private static final CertificateName ACME = CertificateName.subject("CN=acme");
    private static final CertificateName GLOBEX = CertificateName.subject("CN=globex");

    private final Instant now = Instant.now();
    private final Problems problems = new Problems();

    @Test
    void knowsAPinnedCertificateWhoeverIssuedIt() {
        Certified self = Issue.to("CN=any").selfSigned();
        Certified issued = Issue.to("CN=any").by(Issue.root("CN=Nobody's"));
        PartnerDirectory directory = directory(pinned("acme", self, issued));

        identifies(directory, self, "acme");
        identifies(directory, issued, "acme");
    }

    @Test
    void knowsAPinnedCertificateByAllOfItAndNotByItsKeyOrName() {
        Certified pinned = Issue.to("CN=acme").selfSigned();
        PartnerDirectory directory = directory(pinned("acme", pinned));

        isUnknown(directory, Issue.to("CN=acme").keys(pinned.keys()).selfSigned());
        isUnknown(directory, Issue.to("CN=acme").selfSigned());
        isUnknown(directory, Issue.to("CN=acme").keys(pinned.keys()).by(SHARED));
    }

    @Test
    void takesAPinnedAuthorityForItselfAndForNoAuthority() {
        Certified pinned = Issue.root("CN=acme");
        Certified issued = Issue.to("CN=globex").by(pinned);
        PartnerDirectory directory = directory(pinned("acme", pinned), named("globex", GLOBEX));

        identifies(directory, pinned, "acme");
        isUnknown(directory, issued);
        isUnknown(directory, Issue.to("CN=acme").by(pinned));
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> directory.check(List.of(issued.certificate(), pinned.certificate()), now))
                .withMessageContaining("which is not among the trusted authorities");
    }

    @Test
    void knowsASubjectUnderThePartnersAuthority() {
        PartnerDirectory directory = directory(named("acme", ACME, OWN));

        identifies(directory, Issue.to("cn=ACME").by(OWN), "acme");
        identifies(directory, Issue.to("CN=acme").dns("whatever.example").by(OWN), "acme");
        isUnknown(directory, Issue.to("CN=acme").by(SHARED));
        isUnknown(directory, Issue.to("CN=acme, O=Acme").by(OWN));
        isUnknown(directory, Issue.to("CN=x").dns("acme").by(OWN));
        isUnknown(directory, Issue.to("CN=acme").by(Issue.root("CN=Acme CA")));
    }

    @Test
    void knowsAnAlternativeNameUnderThePartnersAuthority() {
        PartnerDirectory directory = directory(named("acme", CertificateName.san("dns:edi.acme.example"), OWN));

        identifies(
                directory,
                Issue.to("CN=x").dns("other.example").dns("EDI.acme.example").by(OWN),
                "acme");
        isUnknown(directory, Issue.to("CN=x").dns("*.acme.example").by(OWN));
        isUnknown(directory, Issue.to("CN=edi.acme.example").by(OWN));
        isUnknown(directory, Issue.to("CN=x").uri("https://edi.acme.example").by(OWN));
        isUnknown(directory, Issue.to("CN=x").dns("edi.acme.example").by(SHARED));
    }

    @Test
    void knowsANameUnderAnyOfTheSharedTrustWhereThePartnerNamesNoAuthority() {
        Certified second = Issue.root("CN=Second");
        Certified intermediate = Issue.to("CN=Intermediate").asAuthority().by(SHARED);
        PartnerDirectory directory =
                directory(List.of(SHARED, second), named("acme", ACME), named("globex", GLOBEX, OWN));

        identifies(directory, Issue.to("CN=acme").by(SHARED), "acme");
        identifies(directory, Issue.to("CN=acme").by(second), "acme");
        identifies(directory, Issue.to("CN=acme").by(intermediate), "acme");
        isUnknown(directory, Issue.to("CN=acme").by(OWN));
    }

    @Test
    void knowsANameUnderAnIntermediateOfThePartnersAuthority() {
        Certified intermediate = Issue.to("CN=Intermediate").asAuthority().by(OWN);

        identifies(directory(named("acme", ACME, OWN)), Issue.to("CN=acme").by(intermediate), "acme");
    }

    @Test
    void neverTakesACertificateUnderOnePartnersAuthorityForAnotherPartner() {
        KnownPartner acme = named("acme", ACME, OWN);
        Certified forged = Issue.to("CN=globex").dns("globex.example").by(OWN);
        Certified below =
                Issue.to("CN=globex").by(Issue.to("CN=Globex CA").asAuthority().by(OWN));

        for (KnownPartner globex : List.of(
                named("globex", GLOBEX),
                named("globex", GLOBEX, OTHER_OWN),
                named("globex", GLOBEX, SHARED),
                named("globex", CertificateName.san("dns:globex.example")))) {
            isUnknown(directory(acme, globex), forged);
            isUnknown(directory(globex, acme), forged);
            isUnknown(directory(acme, globex), below);
        }
    }

    @Test
    void endsAtAPartnersOwnAuthorityAlsoBelowASharedRoot() {
        Certified own = Issue.to("CN=Acme issuing").asAuthority().by(SHARED);
        Certified below = Issue.to("CN=Acme below").asAuthority().by(own);
        KnownPartner acme = named("acme", ACME, own);

        for (KnownPartner globex : List.of(named("globex", GLOBEX), named("globex", GLOBEX, SHARED))) {
            PartnerDirectory directory = directory(acme, globex);

            identifies(directory, Issue.to("CN=acme").by(own), "acme");
            identifies(directory, Issue.to("CN=acme").by(below), "acme");
            isUnknown(directory, Issue.to("CN=globex").by(own));
            isUnknown(directory, Issue.to("CN=globex").by(below));
            identifies(directory, Issue.to("CN=globex").by(SHARED), "globex");
            isUnknown(directory, Issue.to("CN=acme").by(SHARED));
        }
    }

    @Test
    void endsAtTheNearestOfTwoPartnersAuthoritiesAboveEachOther() {
        Certified lower = Issue.to("CN=Globex issuing").asAuthority().by(OWN);
        PartnerDirectory directory = directory(named("acme", ACME, OWN), named("globex", GLOBEX, lower));

        identifies(directory, Issue.to("CN=globex").by(lower), "globex");
        isUnknown(directory, Issue.to("CN=acme").by(lower));
        isUnknown(directory, Issue.to("CN=globex").by(OWN));
    }

    @Test
    void keepsApartTwoAuthoritiesOfOneName() {
        Certified twin = Issue.root("CN=Acme CA");
        PartnerDirectory directory = directory(named("acme", ACME, OWN), named("globex", GLOBEX, twin));

        identifies(directory, Issue.to("CN=acme").by(OWN), "acme");
        identifies(directory, Issue.to("CN=globex").by(twin), "globex");
        isUnknown(directory, Issue.to("CN=globex").by(OWN));
        isUnknown(directory, Issue.to("CN=acme").by(twin));
    }

    @Test
    void followsAnAuthorityThatIsRenewedWithItsKey() {
        X509Certificate expired = Issue.to("CN=Shared")
                .asAuthority()
                .keys(SHARED.keys())
                .valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)))
                .selfSigned()
                .certificate();
        for (List<X509Certificate> trust :
                List.of(List.of(expired, SHARED.certificate()), List.of(SHARED.certificate(), expired))) {
            PartnerDirectory directory = new PartnerDirectory(
                    List.of(named("acme", ACME)), Authorities.of(trust), NOTHING_REVOKED, problems);

            identifies(directory, Issue.to("CN=acme").by(SHARED), "acme");
        }
    }

    @Test
    void refusesACertificateThatIsTwoPartners() {
        PartnerDirectory directory =
                directory(named("acme", ACME), named("globex", CertificateName.san("dns:globex.example")));
        Certified both = Issue.to("CN=acme").dns("globex.example").by(SHARED);

        assertThat(problems.found()).isEmpty();
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> directory.identify(both.chain(), now))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.CERTIFICATE_UNKNOWN))
                .satisfies(refusal -> assertThat(refusal.detail()).doesNotContain("acme", "globex"))
                .withMessageContaining("identifies more than one partner: ")
                .withMessageContainingAll("acme", "globex");
    }

    @Test
    void saysWhoCameAndNothingOfOthersToTheCaller() {
        PartnerDirectory directory = directory(named("acme", ACME));
        Certified stranger = Issue.to("CN=stranger").by(SHARED);

        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> directory.identify(stranger.chain(), now))
                .withMessage("certificate 'CN=stranger' issued by 'CN=Shared' identifies no partner")
                .satisfies(refusal -> assertThat(refusal.detail())
                        .isEqualTo("The certificate with SHA-256 fingerprint " + stranger.fingerprint()
                                + " identifies no partner."));
    }

    @Test
    void reportsTwoPartnersWithOnePin() {
        Certified pin = Issue.to("CN=acme").selfSigned();
        directory(pinned("acme", pin), pinned("globex", Issue.to("CN=x").selfSigned(), pin));

        assertThat(problems.found())
                .containsExactly("partners acme and globex: both pin the certificate 'CN=acme' with fingerprint "
                        + pin.fingerprint() + "; one certificate must identify one partner");
    }

    @Test
    void acceptsOnePinTwiceOfOnePartner() {
        Certified pin = Issue.to("CN=acme").selfSigned();

        identifies(directory(pinned("acme", pin, pin)), pin, "acme");
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void reportsTwoPartnersWithOneNameUnderTheSameAuthority() {
        directory(named("acme", ACME, OWN), named("globex", CertificateName.subject("cn=ACME"), OWN));
        directory(named("one", ACME), named("two", ACME));

        assertThat(problems.found())
                .containsExactly(
                        "partners acme and globex: both are identified by subject:cn=acme under the same authority;"
                                + " one certificate must identify one partner",
                        "partners one and two: both are identified by subject:cn=acme under the same authority; one"
                                + " certificate must identify one partner");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reportsTwoPartnersWithOneNameWhereOneNamesASharedAuthorityAndOneAny(boolean first) {
        KnownPartner any = named("any", ACME);
        KnownPartner shared = named("shared", ACME, SHARED);
        directory(first ? any : shared, first ? shared : any);

        assertThat(problems.found())
                .singleElement()
                .asString()
                .startsWith("partners any and shared: both are identified by");
    }

    @Test
    void acceptsTwoPartnersWithOneNameUnderTwoAuthorities() {
        PartnerDirectory directory =
                directory(named("acme", ACME, OWN), named("globex", ACME, OTHER_OWN), named("initech", ACME, SHARED));

        assertThat(problems.found()).isEmpty();
        identifies(directory, Issue.to("CN=acme").by(OWN), "acme");
        identifies(directory, Issue.to("CN=acme").by(OTHER_OWN), "globex");
        identifies(directory, Issue.to("CN=acme").by(SHARED), "initech");
    }

    @Test
    void reportsAPinThatAnotherPartnersNameDescribes() {
        directory(pinned("globex", Issue.to("CN=acme").by(SHARED)), named("acme", ACME));
        directory(
                pinned("two", Issue.to("CN=x").dns("one.example").by(OWN)),
                named("one", CertificateName.san("dns:one.example"), OWN));

        assertThat(problems.found())
                .containsExactly(
                        "partners acme and globex: globex pins the certificate 'CN=acme', in which a name identifies acme;"
                                + " one certificate must identify one partner",
                        "partners one and two: two pins the certificate 'CN=x', in which a name identifies one; one"
                                + " certificate must identify one partner");
    }

    @Test
    void acceptsAPinWithAnothersNameUnderAnAuthorityThatIsNotTheOthers() {
        directory(pinned("globex", Issue.to("CN=acme").by(Issue.root("CN=Shared"))), named("acme", ACME));
        directory(pinned("globex", Issue.to("CN=acme").by(SHARED)), named("acme", ACME, OWN));

        assertThat(problems.found()).isEmpty();
    }

    @Test
    void knowsNobodyOutsideTheDatesOfTheCertificate() {
        Instant from = Instant.parse("2026-01-01T00:00:00Z");
        Instant until = Instant.parse("2026-02-01T00:00:00Z");
        Certified root = Issue.to("CN=Dated")
                .asAuthority()
                .valid(from.minus(Duration.ofDays(100)), until.plus(Duration.ofDays(100)))
                .selfSigned();
        Certified pin = Issue.to("CN=x").valid(from, until).selfSigned();
        Certified issued = Issue.to("CN=globex").valid(from, until).by(root);
        PartnerDirectory directory = directory(List.of(root), pinned("acme", pin), named("globex", GLOBEX));

        for (Certified certified : List.of(pin, issued)) {
            for (Instant within : List.of(from, until, from.plusSeconds(9))) {
                assertThatCode(() -> directory.check(certified.chain(), within)).doesNotThrowAnyException();
                assertThatCode(() -> directory.identify(certified.chain(), within))
                        .doesNotThrowAnyException();
            }
            for (Instant outside : List.of(from.minusMillis(1), until.plusMillis(1))) {
                assertThatExceptionOfType(CertificateException.class)
                        .isThrownBy(() -> directory.check(certified.chain(), outside));
                assertThatExceptionOfType(Refusal.class)
                        .isThrownBy(() -> directory.identify(certified.chain(), outside))
                        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.CERTIFICATE_EXPIRED));
            }
        }
    }

    @Test
    void knowsNobodyUnderAnAuthorityWhoseTimeIsOver() {
        Certified root = Issue.to("CN=Short")
                .asAuthority()
                .valid(now.minus(Duration.ofDays(1)), now.plus(Duration.ofHours(1)))
                .selfSigned();
        Certified acme = Issue.to("CN=acme").by(root);
        PartnerDirectory directory = directory(List.of(root), named("acme", ACME));

        identifies(directory, acme, "acme");
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> directory.identify(acme.chain(), now.plus(Duration.ofHours(2))))
                .withMessageContaining("certificate 'CN=Short' expired on ")
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.CERTIFICATE_UNKNOWN));
    }

    @Test
    void letsAPinnedServersCertificateInAndNoOther() {
        Certified pin = Issue.to("CN=x").purposes(KeyPurposeId.id_kp_serverAuth).selfSigned();
        Certified issued =
                Issue.to("CN=acme").purposes(KeyPurposeId.id_kp_serverAuth).by(SHARED);
        PartnerDirectory directory = directory(pinned("globex", pin), named("acme", ACME));

        identifies(directory, pin, "globex");
        isUnknown(directory, issued);
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> directory.check(issued.chain(), now))
                .withMessageContaining("is not for TLS clients");
    }

    @Test
    void letsInTheHandshakeWhoIsGenuineAlsoWhereHeIsNobody() {
        PartnerDirectory directory = directory(named("acme", ACME, OWN));
        Certified stranger = Issue.to("CN=stranger").by(SHARED);

        assertThatCode(() -> directory.check(stranger.chain(), now)).doesNotThrowAnyException();
        assertThatCode(() -> directory.check(Issue.to("CN=acme").by(OWN).chain(), now))
                .doesNotThrowAnyException();
        isUnknown(directory, stranger);
    }

    @Test
    void findsEachOfTenThousandPartners() throws Exception {
        List<KnownPartner> partners = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            partners.add(named("p" + i, CertificateName.san("dns:p" + i + ".example"), i % 2 == 0 ? OWN : SHARED));
        }
        PartnerDirectory directory =
                new PartnerDirectory(partners, Authorities.of(SHARED.chain()), NOTHING_REVOKED, problems);

        assertThat(problems.found()).isEmpty();
        assertThat(directory.size()).isEqualTo(10_000);
        for (int i : new int[] {0, 1, 4_999, 5_000, 9_998, 9_999}) {
            Issue issue = Issue.to("CN=x").dns("p" + i + ".example");
            identifies(directory, issue.by(i % 2 == 0 ? OWN : SHARED), "p" + i);
            isUnknown(directory, issue.by(i % 2 == 0 ? SHARED : OWN));
        }
        isUnknown(directory, Issue.to("CN=x").dns("p10000.example").by(OWN));
    }

    private void identifies(PartnerDirectory directory, Certified certified, String partner) {
        assertThatCode(() -> directory.check(certified.chain(), now)).doesNotThrowAnyException();
        assertThatCode(() -> assertThat(
                                directory.identify(certified.chain(), now).id())
                        .isEqualTo(partner))
                .doesNotThrowAnyException();
    }

    private void isUnknown(PartnerDirectory directory, Certified certified) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> directory.identify(certified.chain(), now))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.CERTIFICATE_UNKNOWN));
    }

    private PartnerDirectory directory(KnownPartner... partners) {
        return directory(List.of(SHARED), partners);
    }

    private PartnerDirectory directory(List<Certified> shared, KnownPartner... partners) {
        return new PartnerDirectory(
                List.of(partners),
                Authorities.of(shared.stream().map(Certified::certificate).toList()),
                NOTHING_REVOKED,
                problems);
    }

    private static KnownPartner pinned(String id, Certified... pins) {
        return new KnownPartner(
                id,
                true,
                ANYWHERE,
                Long.MAX_VALUE,
                PartnerLimits.NONE,
                Arrays.stream(pins)
                        .map(pin -> Pin.always(pin.certificate(), id + ".crt"))
                        .toList(),
                Set.of(),
                List.of(),
                null,
                NOWHERE,
                List.of());
    }

    private static KnownPartner named(String id, CertificateName name, Certified... authorities) {
        Authorities own = Authorities.of(
                Arrays.stream(authorities).map(Certified::certificate).toList());
        return new KnownPartner(
                id,
                true,
                ANYWHERE,
                Long.MAX_VALUE,
                PartnerLimits.NONE,
                List.of(),
                own.authorities(),
                List.copyOf(own.certificates()),
                name,
                NOWHERE,
                List.of());
    }
}

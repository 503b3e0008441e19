package io.countersign.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.address.AddressCheck;
import io.countersign.address.AllowedAddresses;
import io.countersign.partner.Partners.Described;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.settings.Problems;
import io.countersign.settings.Rate;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.RevokedList;
import io.countersign.testing.SettableClock;
import io.countersign.tls.Authorities;
import io.countersign.tls.Dated;
import io.countersign.tls.Dated.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.assertj.core.api.ListAssert;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a partner's file may say, and what is said of one that is wrong. */
class PartnersTest {
    private static final String FILE = "routes/partners/acme.camel.yaml";
    private static final Certified ROOT = Issue.root("CN=Root");
    private static final Certified ACME = Issue.to("CN=acme").by(ROOT);

    @TempDir
    Path home;

    private final Problems problems = new Problems();

    @Test
    void haveTheDefaultsOfWhatIsNotSet() {
        KnownPartner acme = read(partner -> partner.setSubject("CN=acme"));

        assertThat(acme.id()).isEqualTo("acme");
        assertThat(acme.enabled()).isTrue();
        assertThat(acme.addresses()).isEqualTo(new AddressCheck(AddressCheck.Kind.LISTED, AllowedAddresses.NOWHERE));
        assertThat(acme.maxSize()).isEqualTo(Long.MAX_VALUE);
        assertThat(acme.pins()).isEmpty();
        assertThat(acme.authorities()).isEmpty();
    }

    @Test
    void areAsTheirFilesSay() {
        ACME.write(home, "acme");
        KnownPartner acme = read(partner -> {
            partner.setCertificates("acme.crt");
            partner.setAddresses("192.0.2.0/24, ::1");
            partner.setMaxSize("1MB");
            partner.setMaxTransfers("8");
            partner.setMaxRequests("600 per 1m");
            partner.setMaxBytes("unlimited");
            partner.setEnabled(false);
        });

        assertThat(acme.pins()).containsExactly(Pin.always(ACME.certificate(), "acme.crt"));
        assertThat(acme.enabled()).isFalse();
        assertThat(acme.maxSize()).isEqualTo(1_000_000);
        assertThat(acme.limits()).isEqualTo(new PartnerLimits(8, new Rate(600, Duration.ofMinutes(1)), Rate.UNLIMITED));
        assertThat(acme.addresses().told()).isEqualTo("192.0.2.0/24, ::1/128");
    }

    @Test
    void mayHaveSeveralPinsWhileRollingOver() {
        Certified next = Issue.to("CN=acme").selfSigned();
        ACME.write(home, "acme");
        next.write(home.resolve("next"), "acme");

        assertThat(read(partner -> partner.setCertificates(
                                "acme.crt , " + home.resolve("next").resolve("acme.crt")))
                        .pins())
                .extracting(Pin::certificate)
                .containsExactly(ACME.certificate(), next.certificate());
    }

    @Test
    void pinOnlyTheLeafOfAChainFile() throws IOException {
        Certified intermediate = Issue.to("CN=Intermediate").asAuthority().by(ROOT);
        Certified leaf = Issue.to("CN=acme").by(intermediate);
        Files.writeString(
                home.resolve("chain.pem"),
                Certified.pem(intermediate.certificate(), leaf.certificate(), ROOT.certificate()));

        assertThat(read(partner -> partner.setCertificates("chain.pem")).pins())
                .extracting(Pin::certificate)
                .containsExactly(leaf.certificate());
    }

    @Test
    void mayCallFromAnywhereWhereTheAddressCheckIsOff() {
        assertThat(read(partner -> {
                            partner.setSubject("CN=acme");
                            partner.setAddressCheck("off");
                        })
                        .addresses())
                .isEqualTo(new AddressCheck(AddressCheck.Kind.OFF, AllowedAddresses.NOWHERE));
    }

    @Test
    void areWarnedOfAddressesThatNobodyLooksAt() {
        read(partner -> {
            partner.setSubject("CN=acme");
            partner.setAddresses("10.0.0.0/8");
            partner.setAddressCheck("certificate");
        });

        assertThat(problems.warnings())
                .containsExactly("partner acme: addresses is not looked at (addressCheck: certificate)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme", "ACME-2", "a", "7", "a_b"})
    void haveAPlainName(String id) {
        Partner partner = new Partner();
        partner.setSubject("CN=acme");

        assertThat(read(Map.of(id, partner)).size()).isOne();
        assertThat(problems.found()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "anyone", "-a", "_a", ".a", "a.b", "a b", "a/b", "..", "../x", "a\n", "ä", "a$b", "${body}", "{{x}}"
            })
    void haveNoOtherName(String id) {
        Partner partner = new Partner();
        partner.setSubject("CN=acme");

        assertThat(read(Map.of(id, partner)).size()).isZero();
        assertThat(problems.found())
                .containsExactly(FILE + ", partner " + id + ": name: '" + id
                        + "' cannot be a partner's name; accepted: up to 63 letters, digits, '-' and '_', but not"
                        + " 'anyone'");
    }

    @Test
    void haveNoNameOfMoreThan63Characters() {
        Partner partner = new Partner();
        partner.setSubject("CN=acme");

        assertThat(read(Map.of("a".repeat(63), partner)).size()).isOne();
        assertThat(read(Map.of("a".repeat(64), partner)).size()).isZero();
        assertThat(problems.found()).hasSize(1);
    }

    @Test
    void needSomethingThatIdentifiesThem() {
        wrong(partner -> partner.setAddresses("any"))
                .containsExactly("certificates: missing: nothing says which certificate is this partner's; accepted:"
                        + " certificates, or subject or san with or without authority");
    }

    @ParameterizedTest
    @ValueSource(strings = {"subject", "san", "authority"})
    void areNotIdentifiedByPinsAndNamesTogether(String also) {
        ACME.write(home, "acme");
        ROOT.write(home, "root");
        wrong(partner -> {
                    partner.setCertificates("acme.crt");
                    switch (also) {
                        case "subject" -> partner.setSubject("CN=acme");
                        case "san" -> partner.setSan("dns:acme.example");
                        default -> partner.setAuthority("root.crt");
                    }
                })
                .containsExactly("certificates: pinned certificates and authority, subject or san exclude each other");
    }

    @Test
    void areNotIdentifiedByTwoNames() {
        wrong(partner -> {
                    partner.setSubject("CN=acme");
                    partner.setSan("dns:acme.example");
                })
                .containsExactly("subject: subject and san exclude each other");
    }

    @Test
    void areNotIdentifiedByTheirAuthorityAlone() {
        ROOT.write(home, "root");
        wrong(partner -> partner.setAuthority("root.crt"))
                .containsExactly(
                        "authority: needs a subject or a san; alone it would make everybody under it this partner");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "subject | acme | 'acme' is not an X.500 name",
                "subject | '' | the subject is empty",
                "san | acme.example | 'acme.example' is not a name",
                "san | ip:acme | 'acme' is not an IP address",
                "addresses | acme | 'acme' is not an IP address",
                "addresses | 10.0.0.0/33 | '10.0.0.0/33' has no prefix length",
                "addressCheck | none | 'none' is not an address check; accepted: listed, certificate, both, either, off",
                "addressCheck | OFF | 'OFF' is not an address check; accepted: listed, certificate, both, either, off",
                "serverAddresses | acme.example | 'acme.example' is not an IP address",
                "serverAddresses | '' | is empty",
                "maxSize | big | 'big' is not a size",
                "maxTransfers | 0 | '0' is not a number of transfers; accepted: 1 to 100000",
                "maxTransfers | few | 'few' is not a number of transfers",
                "maxRequests | 600 | '600' is not so much in a time; accepted: such as '600 per 1m', or unlimited",
                "maxBytes | 10GB per | '10GB per' is not so much in a time; accepted: such as '10GB per 1d'",
                "url | http://acme.example | 'http://acme.example' is not an https URL",
                "url | https:// | 'https://' is not an https URL",
                "url | acme.example | 'acme.example' is not an https URL",
                "certificates | missing.crt | missing.crt no such file",
                "certificates | '' | '' has an empty entry",
                "certificates | a\u0000b | cannot be a path",
                "authority | missing.crt | missing.crt no such file",
                "authority | ' ' | is empty",
                "authority | a\u0000b | cannot be a path",
                "serverTrust | missing.crt | missing.crt no such file",
                "serverTrust | '' | is empty",
                "serverTrust | a\u0000b | cannot be a path",
                "certificate | own.crt | certificate and key belong together; only one of them is set",
                "key | own.key | certificate and key belong together; only one of them is set",
            })
    void namePropertyAndFileOfWhatIsWrong(String property, String value, String said) {
        Partner partner = new Partner();
        if (!List.of("certificates", "subject", "san").contains(property)) {
            partner.setSubject("CN=acme");
        }
        set(partner, property, value);

        assertThat(read(Map.of("acme", partner)).size()).isZero();
        assertThat(problems.found())
                .singleElement()
                .asString()
                .startsWith(FILE + ", partner acme: " + (property.equals("key") ? "certificate" : property) + ": ")
                .contains(said);
    }

    @Test
    void sayWhatIsWrongWithAPin() throws IOException {
        Files.writeString(home.resolve("garbage.crt"), "garbage");
        Issue.to("CN=acme").keys(Issue.rsa(1024)).selfSigned().write(home, "weak");
        Issue.to("CN=acme").signedWith("SHA1withECDSA").by(ROOT).write(home, "sha1");

        wrong(partner -> partner.setCertificates("garbage.crt, weak.crt,, sha1.crt, missing.crt"))
                .containsExactly(
                        "certificates: " + home.resolve("garbage.crt") + " holds no PEM block ('-----BEGIN …-----')",
                        "certificates: certificate 'CN=acme' has an RSA key of 1024 bits; accepted: 2048 or more",
                        "certificates: 'garbage.crt, weak.crt,, sha1.crt, missing.crt' has an empty entry",
                        "certificates: certificate 'CN=acme' is signed with SHA1withECDSA; accepted: SHA-256 or"
                                + " better",
                        "certificates: " + home.resolve("missing.crt") + " no such file");
    }

    @Test
    void haveNoAuthorityThatIsNone() {
        ACME.write(home, "acme");
        wrong(partner -> {
                    partner.setSubject("CN=acme");
                    partner.setAuthority("acme.crt");
                })
                .singleElement()
                .asString()
                .startsWith("authority: " + home.resolve("acme.crt") + " holds 'CN=acme', which is not an authority's");
    }

    @Test
    void haveNoRevocationListsInTheirAuthority() throws Exception {
        Files.writeString(
                home.resolve("root.pem"),
                Certified.pem(ROOT.certificate(), RevokedList.of(ROOT).list()));
        wrong(partner -> {
                    partner.setSubject("CN=acme");
                    partner.setAuthority("root.pem");
                })
                .containsExactly("authority: root.pem holds a revocation list; accepted: in countersign.trust");
    }

    @Test
    void sayWhatIsWrongWithOurOwnIdentityForThem() {
        ACME.write(home, "acme");
        Issue.to("CN=other").by(ROOT).write(home, "other");
        wrong(partner -> {
                    partner.setSubject("CN=acme");
                    partner.setCertificate("acme.crt");
                    partner.setKey("other.key");
                    partner.setServerTrust("missing.crt");
                })
                .containsExactly(
                        "certificate: " + home.resolve("other.key")
                                + " is not the key of 'CN=acme', the first certificate in " + home.resolve("acme.crt"),
                        "serverTrust: " + home.resolve("missing.crt") + " no such file");
    }

    @Test
    void sayThatOurOwnIdentityForThemIsNotForCalls() {
        Issue.to("CN=at acme").purposes(KeyPurposeId.id_kp_serverAuth).by(ROOT).write(home, "at-acme");
        wrong(partner -> {
                    partner.setSubject("CN=acme");
                    partner.setCertificate("at-acme.crt");
                    partner.setKey("at-acme.key");
                })
                .singleElement()
                .asString()
                .startsWith("certificate: " + home.resolve("at-acme.crt")
                        + " cannot be used: certificate 'CN=at acme' is not for TLS clients: its purposes are"
                        + " [1.3.6.1.5.5.7.3.1], its key usage is not listed; accepted: purposes with clientAuth");
    }

    @Test
    void sayThatTheServersTrustIsWrongWhereOurIdentityIsRight() {
        ACME.write(home, "acme");
        wrong(partner -> {
                    partner.setSubject("CN=acme");
                    partner.setCertificate("acme.crt");
                    partner.setKey("acme.key");
                    partner.setServerTrust("missing.crt");
                })
                .containsExactly("serverTrust: " + home.resolve("missing.crt") + " no such file");
    }

    @Test
    void sayEverythingThatIsWrongAtOnceAndWhoItIs() {
        Partner acme = new Partner();
        acme.setSubject("acme");
        acme.setAddresses("acme");
        acme.setMaxSize("big");
        acme.setUrl("ftp://acme.example");
        Partner globex = new Partner();
        globex.setSan("globex");
        Partner right = new Partner();
        right.setSubject("CN=initech");

        PartnerDirectory directory = read(Map.of("acme", acme, "globex", globex, "initech", right));

        assertThat(directory.size()).isOne();
        assertThat(problems.found()).hasSize(5);
        assertThat(problems.found())
                .filteredOn(problem -> problem.startsWith(FILE + ", partner acme: "))
                .hasSize(4);
        assertThat(problems.found())
                .filteredOn(problem -> problem.startsWith(FILE + ", partner globex: san: "))
                .hasSize(1);
    }

    @Test
    void whoseFilesAreWrongAreNobody() {
        Partner partner = new Partner();
        partner.setSubject("CN=acme");
        partner.setMaxSize("big");
        PartnerDirectory directory = read(Map.of("acme", partner));

        assertThat(problems.isEmpty()).isFalse();
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> directory.identify(ACME.chain(), Instant.now()))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.CERTIFICATE_UNKNOWN));
    }

    @Test
    void mayBePinnedByCertificatesForOtherPurposesOrOutOfDate() {
        Instant now = Instant.now();
        Issue.to("CN=acme").purposes(KeyPurposeId.id_kp_serverAuth).by(ROOT).write(home, "server");
        Issue.to("CN=acme")
                .valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)))
                .by(ROOT)
                .write(home, "old");

        assertThat(read(partner -> partner.setCertificates("server.crt, old.crt"))
                        .pins())
                .hasSize(2);
    }

    @Test
    void areNobodyBeforeTheFirstAreInForce() {
        Partners partners = new Partners(new SettableClock());

        assertThat(partners.size()).isZero();
        assertThatExceptionOfType(CertificateException.class).isThrownBy(() -> partners.check(ACME.chain()));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> partners.identify(ACME.chain()))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.CERTIFICATE_UNKNOWN));
    }

    @Test
    void areReplacedInOneStepAndAskTheClock() throws Exception {
        SettableClock clock = new SettableClock();
        Partners partners = new Partners(clock);
        Partner partner = new Partner();
        partner.setSubject("CN=acme");
        partners.use(read(Map.of("acme", partner)));

        partners.check(ACME.chain());
        assertThat(partners.identify(ACME.chain()).id()).isEqualTo("acme");

        clock.advance(Duration.ofDays(90));
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> partners.check(ACME.chain()))
                .withMessageContaining("expired on");
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> partners.identify(ACME.chain()))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.CERTIFICATE_EXPIRED));

        clock.advance(Duration.ofDays(-90));
        partners.use(read(Map.of()));
        assertThatCode(() -> partners.check(ACME.chain())).doesNotThrowAnyException(); // the authority is still trusted
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> partners.identify(ACME.chain()))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.CERTIFICATE_UNKNOWN));
    }

    @Test
    void tellWhatOfThemEndsAndInWhichFileItStands() {
        Certified next = Issue.to("CN=acme").by(ROOT);
        Certified ours =
                Issue.to("CN=for acme").by(Issue.to("CN=Below").asAuthority().by(ROOT));
        ACME.write(home, "acme");
        next.write(home, "next");
        ours.write(home, "ours");
        ROOT.write(home, "root");
        Partner acme = new Partner();
        acme.setCertificates("acme.crt, next.crt");
        acme.setServerTrust("root.crt, next.crt");
        acme.setCertificate("ours.crt");
        acme.setKey("ours.key");
        Partner globex = new Partner();
        globex.setAuthority("root.crt");
        globex.setSubject("CN=globex");
        Partner disabled = new Partner();
        disabled.setAuthority("root.crt");
        disabled.setSubject("CN=disabled");
        disabled.setEnabled(false);
        Partners partners = new Partners(new SettableClock());
        assertThat(partners.dated()).isEmpty();

        partners.use(read(Map.of("acme", acme, "globex", globex, "disabled", disabled)));

        assertThat(problems.found()).isEmpty();
        assertThat(partners.dated())
                .containsExactlyInAnyOrder(
                        Dated.of(Kind.SHARED_AUTHORITY, "shared", "", ROOT.certificate()),
                        Dated.of(Kind.PARTNER_PIN, "acme", "acme.crt", ACME.certificate()),
                        Dated.of(Kind.PARTNER_PIN, "acme", "next.crt", next.certificate()),
                        Dated.of(Kind.PARTNER_SERVER, "acme", "root.crt, next.crt", ROOT.certificate()),
                        Dated.of(Kind.PARTNER_SERVER, "acme", "root.crt, next.crt", next.certificate()),
                        Dated.of(Kind.PARTNER_IDENTITY, "acme", "ours.crt", ours.certificate()),
                        Dated.of(
                                Kind.OWN_CHAIN, "acme", "ours.crt", ours.chain().get(1)),
                        Dated.of(Kind.PARTNER_AUTHORITY, "globex", "root.crt", ROOT.certificate()));
    }

    private KnownPartner read(Consumer<Partner> writing) {
        Partner partner = new Partner();
        writing.accept(partner);
        KnownPartner known =
                new PartnerReader(home, problems, new io.countersign.tls.Reading()).read("acme", FILE, partner);
        assertThat(problems.found()).isEmpty();
        return Objects.requireNonNull(known);
    }

    private PartnerDirectory read(Map<String, Partner> partners) {
        Map<String, Described> described = new TreeMap<>();
        partners.forEach((id, partner) -> described.put(id, new Described(FILE, partner)));
        return Partners.read(described, Authorities.of(ROOT.chain()), (path, stapled) -> {}, home, problems);
    }

    private ListAssert<String> wrong(Consumer<Partner> writing) {
        Partner partner = new Partner();
        writing.accept(partner);
        assertThat(read(Map.of("acme", partner)).size()).isZero();
        String start = FILE + ", partner acme: ";
        assertThat(problems.found()).allSatisfy(problem -> assertThat(problem).startsWith(start));
        return assertThat(problems.found().stream()
                .map(problem -> problem.substring(start.length()))
                .toList());
    }

    private static void set(Partner partner, String property, String value) {
        switch (property) {
            case "certificates" -> partner.setCertificates(value);
            case "authority" -> partner.setAuthority(value);
            case "subject" -> partner.setSubject(value);
            case "san" -> partner.setSan(value);
            case "addresses" -> partner.setAddresses(value);
            case "addressCheck" -> partner.setAddressCheck(value);
            case "maxSize" -> partner.setMaxSize(value);
            case "maxTransfers" -> partner.setMaxTransfers(value);
            case "maxRequests" -> partner.setMaxRequests(value);
            case "maxBytes" -> partner.setMaxBytes(value);
            case "url" -> partner.setUrl(value);
            case "serverTrust" -> partner.setServerTrust(value);
            case "serverAddresses" -> partner.setServerAddresses(value);
            case "certificate" -> partner.setCertificate(value);
            case "key" -> partner.setKey(value);
            default -> throw new IllegalArgumentException(property);
        }
    }
}

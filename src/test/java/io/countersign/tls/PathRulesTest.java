package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.tls.Authorities.Authority;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.OtherName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a path must satisfy beyond {@link CertificationPathTest}, most of it also where only the anchor says so. */
class PathRulesTest {
    private static final String NAMES = "2.5.29.30";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final String USAGE = "2.5.29.15";
    private static final String UNKNOWN = "1.3.6.1.4.1.55738.666.1";
    private static final Certified ROOT = Issue.root("CN=Root");

    private final Instant now = Instant.now();

    @Test
    void purposesNest() throws CertificateException {
        Certified servers = Issue.to("CN=Servers")
                .asAuthority()
                .purposes(KeyPurposeId.id_kp_serverAuth)
                .by(ROOT);
        Certified below = Issue.to("CN=acme").by(servers);
        Certified serversRoot = Issue.to("CN=Servers' root")
                .asAuthority()
                .purposes(KeyPurposeId.id_kp_serverAuth)
                .selfSigned();

        refused(below.chain(), ROOT).withMessageContaining("'CN=Servers' may not certify TLS clients");
        refused(Issue.to("CN=acme").by(serversRoot).chain(), serversRoot)
                .withMessageContaining("'CN=Servers' root' may not certify TLS clients");
        assertThat(CertificationPath.ofServer(below.chain(), Authorities.of(ROOT.chain()), now)
                        .leaf())
                .isEqualTo(below.certificate());
        assertThat(CertificationPath.ofSigner(below.chain(), Authorities.of(ROOT.chain()), now)
                        .leaf())
                .isEqualTo(below.certificate());
    }

    @Test
    void anyPurposeOfAnAuthorityIsEveryPurposeAndOfALeafNone() {
        Certified any = Issue.to("CN=Any")
                .asAuthority()
                .purposes(KeyPurposeId.anyExtendedKeyUsage)
                .by(ROOT);

        holds(Issue.to("CN=acme").by(any).chain(), ROOT);
        refused(
                        Issue.to("CN=acme")
                                .purposes(KeyPurposeId.anyExtendedKeyUsage)
                                .by(ROOT)
                                .chain(),
                        ROOT)
                .withMessageContaining("its purposes lack clientAuth");
    }

    @Test
    void anAnchorsPathLengthCountsToo() {
        Certified root = Issue.to("CN=Root").pathLength(0).selfSigned();
        Certified below = Issue.to("CN=Below").asAuthority().by(root);

        holds(Issue.to("CN=acme").by(root).chain(), root);
        refused(Issue.to("CN=acme").by(below).chain(), root)
                .withMessageEndingWith(
                        "'CN=Root' allows no more than 0 authorities below it (path length), and there are 1");
    }

    @Test
    void anAuthorityThatChangesItsKeyDoesNotLengthenThePath() {
        Certified root = Issue.to("CN=Root").pathLength(0).selfSigned();
        Certified next = Issue.to("CN=Root").pathLength(0).by(root);
        Certified leaf = Issue.to("CN=acme").by(next);

        holds(List.of(leaf.certificate(), next.certificate()), root);
    }

    @Test
    void anAuthorityMustBeOneThatMayIssue() {
        Certified root = Issue.to("CN=Root")
                .asAuthority()
                .critical(USAGE, new KeyUsage(KeyUsage.digitalSignature))
                .selfSigned();
        Certified none = Issue.to("CN=None").selfSigned();

        refused(Issue.to("CN=acme").by(root).chain(), root)
                .withMessageEndingWith("'CN=Root' may not issue certificates: its key usage lacks keyCertSign");
        refused(Issue.to("CN=acme").by(none).chain(), none).withMessageEndingWith("'CN=None' is not an authority");
    }

    @Test
    void whatIsCriticalAndUnknownIsNotPassedOver() {
        Certified root = Issue.to("CN=Root")
                .asAuthority()
                .critical(UNKNOWN, DERNull.INSTANCE)
                .selfSigned();
        Certified between = Issue.to("CN=Between")
                .asAuthority()
                .critical(UNKNOWN, DERNull.INSTANCE)
                .by(ROOT);
        Certified leaf = Issue.to("CN=acme").critical(UNKNOWN, DERNull.INSTANCE).by(ROOT);

        refused(Issue.to("CN=acme").by(root).chain(), root)
                .withMessageEndingWith(
                        "certificate 'CN=Root' has critical extensions that are not processed here: " + UNKNOWN);
        refused(Issue.to("CN=acme").by(between).chain(), ROOT).withMessageContaining("'CN=Between' has critical");
        refused(leaf.chain(), ROOT).withMessageContaining("'CN=acme' has critical");
        holds(Issue.to("CN=acme").extension(UNKNOWN, DERNull.INSTANCE).by(ROOT).chain(), ROOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "730750818665451459101842416358141509827966271488"}) // the last is 2^159
    void aSerialNumberIsPositiveAndOfTwentyOctets(String number) {
        refused(Issue.to("CN=acme").serial(new BigInteger(number)).by(ROOT).chain(), ROOT)
                .withMessageContaining("has the serial number " + number + "; accepted: positive");
    }

    @Test
    void aLeafHasNothingThatOnlyAnAuthorityMayHave() {
        refused(
                        Issue.to("CN=acme")
                                .critical(USAGE, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))
                                .by(ROOT)
                                .chain(),
                        ROOT)
                .withMessageContaining("has the key usage keyCertSign, which only an authority's may have");
        refused(
                        Issue.to("CN=acme")
                                .extension(NAMES, permitting(dns("a.example")))
                                .by(ROOT)
                                .chain(),
                        ROOT)
                .withMessageContaining("has name constraints, which only an authority's may have");
    }

    static Stream<Arguments> constraints() {
        GeneralName mailbox = international("orders@acme.example");
        return Stream.of(
                // what, a constraint, the name that a leaf has, whether it is within
                row("the host", dns("acme.example"), dns("acme.example"), true),
                row("a host below", dns("acme.example"), dns("edi.ACME.example"), true),
                row("another host", dns("acme.example"), dns("notacme.example"), false),
                row("any host", dns(""), dns("acme.example"), true),
                row("a wildcard below", dns("acme.example"), dns("*.acme.example"), true),
                row("a mailbox", email("orders@acme.example"), email("orders@ACME.example"), true),
                row("another mailbox", email("orders@acme.example"), email("other@acme.example"), false),
                row("a mailbox of the host", email("acme.example"), email("any@acme.example"), true),
                row("a mailbox of a host below", email("acme.example"), email("any@edi.acme.example"), false),
                row("a mailbox of hosts below", email(".acme.example"), email("any@edi.acme.example"), true),
                row("a mailbox of the domain itself", email(".acme.example"), email("any@acme.example"), false),
                row("a host's URI", uri("edi.acme.example"), uri("https://edi.acme.example:8443/in"), true),
                row("another host's URI", uri("acme.example"), uri("https://edi.acme.example/in"), false),
                row("a URI of hosts below", uri(".acme.example"), uri("spiffe://edi.acme.example/in"), true),
                row(
                        "a URI whose user looks like a host",
                        uri("acme.example"),
                        uri("https://acme.example@x.example/"),
                        false),
                row("an address", ip("192.0.2.0/24"), ip("192.0.2.7"), true),
                row("another address", ip("192.0.2.0/24"), ip("192.0.3.7"), false),
                row("an IPv6 address", ip("2001:db8::/32"), ip("2001:db8:1::7"), true),
                row("an IPv6 address, of IPv4 networks", ip("192.0.2.0/24"), ip("2001:db8:1::7"), false),
                row("a name", directory("O=Acme"), directory("O=ACME, CN=edi"), true),
                row("another name", directory("O=Acme"), directory("O=Acme Ltd, CN=edi"), false),
                row("another name in another order", directory("O=Acme"), directory("CN=edi, O=Acme"), false),
                row("an international mailbox", email("globex.example"), mailbox, false));
    }

    private static Arguments row(String what, GeneralName constraint, GeneralName name, boolean within) {
        return Arguments.of(what, constraint, name, within);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("constraints")
    void aNameMustBeWithinWhatEveryAuthorityAboveMayCertify(
            String what, GeneralName constraint, GeneralName name, boolean within) {
        for (Certified[] chain : leaves(permitting(constraint), "CN=acme, O=Acme", name)) {
            holdsOrNot(chain, within);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("constraints")
    void aNameMustNotBeWithinWhatAnAuthorityAboveMayNotCertify(
            String what, GeneralName constraint, GeneralName name, boolean within) {
        for (Certified[] chain : leaves(excluding(constraint), "CN=acme", name)) {
            holdsOrNot(chain, !within && name.getTagNo() != GeneralName.otherName);
        }
    }

    static Stream<Arguments> doubtful() {
        return Stream.of(
                Arguments.of(
                        "a wildcard that may be what is excluded",
                        excluding(dns("edi.acme.example")),
                        dns("*.acme.example")),
                Arguments.of(
                        "a wildcard wider than what is permitted",
                        permitting(dns("edi.acme.example")),
                        dns("*.acme.example")),
                Arguments.of("a host with a dot at its end", excluding(dns("acme.example")), dns("acme.example.")),
                Arguments.of(
                        "an excluded mailbox in upper case",
                        excluding(email("orders@acme.example")),
                        email("Orders@acme.example")),
                Arguments.of(
                        "a mailbox with two @",
                        excluding(email("acme.example")),
                        email("\"a@globex.example\"@acme.example")),
                Arguments.of("a URI of an address", excluding(uri("acme.example")), uri("https://192.0.2.7/")),
                Arguments.of("a URI without a host", excluding(uri("acme.example")), uri("urn:acme:edi")),
                Arguments.of(
                        "an IPv4-mapped address",
                        excluding(ip("192.0.2.0/24")),
                        new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[] {
                            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 7
                        }))),
                Arguments.of("a form that nobody understands", excluding(other("1.2.3.4", "x")), other("1.2.3.4", "y")),
                Arguments.of(
                        "a constraint with a dot at its front",
                        permitting(dns(".acme.example")),
                        dns("edi.acme.example")),
                Arguments.of(
                        "a constraint with a wildcard", permitting(dns("*.acme.example")), dns("edi.acme.example")),
                Arguments.of("a constraint with two @", permitting(email("a@b@acme.example")), dns("edi.acme.example")),
                Arguments.of(
                        "a constraint whose mask has holes",
                        permitting(new GeneralName(
                                GeneralName.iPAddress, new DEROctetString(new byte[] {10, 0, 0, 0, -1, 0, -1, 0}))),
                        dns("edi.acme.example")),
                Arguments.of(
                        "a constraint without a mask",
                        permitting(
                                new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[] {10, 0, 0, 0}))),
                        dns("edi.acme.example")),
                Arguments.of(
                        "constraints that count levels",
                        new NameConstraints(
                                new GeneralSubtree[] {new GeneralSubtree(dns("acme.example"), BigInteger.ONE, null)},
                                null),
                        dns("edi.acme.example")),
                Arguments.of("no constraints", new NameConstraints(null, null), dns("edi.acme.example")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("doubtful")
    void whatIsInDoubtIsNotWithin(String what, NameConstraints constraints, GeneralName name) {
        for (Certified[] chain : leaves(constraints, "CN=acme", name)) {
            holdsOrNot(chain, false);
        }
    }

    @Test
    void constraintsOnOneFormLeaveTheOthersAlone() {
        for (Certified[] chain :
                leaves(permitting(dns("acme.example"), other("1.2.3.4", "x")), "CN=acme", email("a@globex.example"))) {
            holdsOrNot(chain, true);
        }
        for (Certified[] chain : leaves(excluding(other("1.2.3.4", "x")), "CN=acme", other("1.2.3.5", "x"))) {
            holdsOrNot(chain, true);
        }
    }

    @Test
    void constraintsOnNamesAndMailboxesAreOnTheSubjectToo() {
        Certified named = constrained(permitting(directory("O=Acme")));
        Certified mailed = constrained(permitting(email("acme.example")));

        holds(Issue.to("CN=edi, O=Acme").by(named).chain(), named);
        refused(Issue.to("CN=edi, O=Globex").by(named).chain(), named)
                .withMessageContaining("which 'CN=Narrow' may not certify: its name constraints do not permit it");
        holds(Issue.to("CN=edi, EMAILADDRESS=a@acme.example").by(mailed).chain(), mailed);
        refused(Issue.to("CN=edi, EMAILADDRESS=a@globex.example").by(mailed).chain(), mailed)
                .withMessageContaining("'email:a@globex.example'");
    }

    @Test
    void aCommonNameIsNoHostAlsoOfAnAuthority() {
        Certified between = Issue.to("CN=Narrow")
                .asAuthority()
                .critical(NAMES, permitting(dns("acme.example")))
                .by(ROOT);
        Certified below = Issue.to("CN=Below").asAuthority().by(between);

        holds(Issue.to("CN=acme").dns("edi.acme.example").by(below).chain(), ROOT);
        holds(Issue.to("CN=acme").by(below).chain(), ROOT);
        refused(Issue.to("CN=acme").dns("globex.example").by(below).chain(), ROOT)
                .withMessageContaining("'dns:globex.example', which 'CN=Narrow' may not certify");
    }

    @Test
    void thereAreOnlySoManyConstraints() {
        GeneralName[] many = new GeneralName[3_000];
        Arrays.setAll(many, i -> dns("h" + i + ".example"));

        Certified anchor = constrained(excluding(many));

        refused(Issue.to("CN=acme").by(anchor).chain(), anchor).withMessageContaining("there are more than 1000");
    }

    @Test
    void whereOnePathBreaksARuleAnotherMayHold() throws CertificateException {
        Certified narrow = constrained(excluding(dns("acme.example")));
        Certified between = Issue.to("CN=Between").asAuthority().by(narrow);
        Certified again =
                Issue.to("CN=Between").asAuthority().keys(between.keys()).by(ROOT);
        Certified leaf = Issue.to("CN=acme").dns("acme.example").by(between);
        List<X509Certificate> shown = List.of(leaf.certificate(), between.certificate(), again.certificate());

        refused(shown, narrow).withMessageContaining("its name constraints exclude it");
        assertThat(CertificationPath.build(
                                shown, Authorities.of(List.of(narrow.certificate(), ROOT.certificate())), now)
                        .issued())
                .extracting(Issued::certificate)
                .containsExactly(leaf.certificate(), again.certificate());
    }

    @Test
    void thePathThatIsLeastWrongSaysWhy() {
        Certified expired = Issue.to("CN=Root")
                .asAuthority()
                .keys(ROOT.keys())
                .valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)))
                .selfSigned();
        Certified leaf =
                Issue.to("CN=acme").purposes(KeyPurposeId.id_kp_serverAuth).by(ROOT);

        refused(leaf.chain(), expired, ROOT).withMessageContaining("is not for TLS clients");
        refused(leaf.chain(), ROOT, expired).withMessageContaining("is not for TLS clients");
    }

    /** An authority above the anchor is one that a partner's file may name; it is not above what it may not certify. */
    @Test
    void anAuthorityAboveTheAnchorIsAboveWhatItMayCertify() throws CertificateException {
        Certified narrow = constrained(excluding(dns("acme.example")));
        Certified between = Issue.to("CN=Between").asAuthority().by(narrow);
        Authorities both = Authorities.of(List.of(narrow.certificate(), between.certificate()));

        assertThat(CertificationPath.build(Issue.to("CN=acme").by(between).chain(), both, now)
                        .issuers())
                .containsExactly(Authority.of(between.certificate()), Authority.of(narrow.certificate()));
        assertThat(CertificationPath.build(
                                Issue.to("CN=acme")
                                        .dns("acme.example")
                                        .by(between)
                                        .chain(),
                                both,
                                now)
                        .issuers())
                .containsExactly(Authority.of(between.certificate()));
    }

    @Test
    void aThousandAuthoritiesThatIssueEachOtherAreLeftSoon() {
        List<X509Certificate> shown = new ArrayList<>();
        Certified first = Issue.root("CN=0");
        Certified issuer = first;
        for (int i = 1; i < 1_000; i++) {
            Certified next = new Certified(first.keys(), issuer.chain().subList(0, 1));
            issuer = Issue.to("CN=" + i).asAuthority().keys(first.keys()).by(next);
            shown.add(issuer.certificate());
        }
        shown.add(Issue.to("CN=0").asAuthority().keys(first.keys()).by(issuer).certificate());
        shown.add(
                0,
                Issue.to("CN=acme")
                        .by(new Certified(first.keys(), issuer.chain()))
                        .certificate());

        isLeftSoon(shown, Issue.root("CN=0"));
        isLeftSoon(shown, Issue.root("CN=999"));
    }

    @Test
    void authoritiesThatAllIssueAllOthersAreLeftSoon() {
        List<Certified> authorities = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            authorities.add(Issue.root("CN=" + i));
        }
        List<X509Certificate> shown = new ArrayList<>();
        shown.add(Issue.to("CN=acme").by(authorities.get(0)).certificate());
        for (Certified each : authorities) {
            for (Certified other : authorities) {
                if (!each.equals(other)) {
                    shown.add(Issue.to(
                                    each.certificate().getSubjectX500Principal().getName())
                            .asAuthority()
                            .keys(each.keys())
                            .by(other)
                            .certificate());
                }
            }
        }

        isLeftSoon(shown, Issue.root("CN=11"));
    }

    private void isLeftSoon(List<X509Certificate> shown, Certified anchor) {
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadCpuTime();
        refused(shown, anchor).withMessageContaining("CN=acme");
        assertThat(Duration.ofNanos(thread.getCurrentThreadCpuTime() - before)).isLessThan(Duration.ofSeconds(1));
    }

    /** Two that are constrained: once by the anchor, once by an authority below it; each with the anchor after it. */
    private static List<Certified[]> leaves(NameConstraints constraints, String subject, GeneralName name) {
        Certified anchor = constrained(constraints);
        Certified between =
                Issue.to("CN=Narrow").asAuthority().critical(NAMES, constraints).by(ROOT);
        return List.of(
                new Certified[] {leaf(subject, name).by(anchor), anchor},
                new Certified[] {
                    leaf(subject, name)
                            .by(Issue.to(subject.replace("acme", "Below"))
                                    .asAuthority()
                                    .by(anchor)),
                    anchor
                },
                new Certified[] {leaf(subject, name).by(between), ROOT});
    }

    private static Issue leaf(String subject, GeneralName name) {
        return Issue.to(subject).extension(ALTERNATIVE_NAMES, new GeneralNames(name));
    }

    private static Certified constrained(NameConstraints constraints) {
        return Issue.to("CN=Narrow").asAuthority().critical(NAMES, constraints).selfSigned();
    }

    private static NameConstraints permitting(GeneralName... bases) {
        return new NameConstraints(subtrees(bases), null);
    }

    private static NameConstraints excluding(GeneralName... bases) {
        return new NameConstraints(null, subtrees(bases));
    }

    private static GeneralSubtree[] subtrees(GeneralName... bases) {
        return Arrays.stream(bases).map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
    }

    private static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    private static GeneralName email(String name) {
        return new GeneralName(GeneralName.rfc822Name, name);
    }

    private static GeneralName uri(String name) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, name);
    }

    private static GeneralName ip(String name) {
        return new GeneralName(GeneralName.iPAddress, name);
    }

    private static GeneralName directory(String name) {
        return new GeneralName(new X500Name(name));
    }

    private static GeneralName other(String type, String value) {
        return new GeneralName(
                GeneralName.otherName, new OtherName(new ASN1ObjectIdentifier(type), new DERUTF8String(value)));
    }

    private static GeneralName international(String mailbox) {
        return other("1.3.6.1.5.5.7.8.9", mailbox);
    }

    private void holdsOrNot(Certified[] chain, boolean holds) {
        if (holds) {
            holds(chain[0].chain(), chain[1]);
        } else {
            refused(chain[0].chain(), chain[1]).withMessageContaining("CN=");
        }
    }

    private void holds(List<X509Certificate> shown, Certified... anchors) {
        try {
            assertThat(CertificationPath.build(shown, of(anchors), now).leaf()).isEqualTo(shown.get(0));
        } catch (CertificateException refused) {
            throw new AssertionError(refused);
        }
    }

    private ThrowableAssertAlternative<CertificateException> refused(
            List<X509Certificate> shown, Certified... anchors) {
        return assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> CertificationPath.build(shown, of(anchors), now));
    }

    private static Authorities of(Certified... anchors) {
        return Authorities.of(Arrays.stream(anchors).map(Certified::certificate).toList());
    }
}

package io.countersign.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.TestHome;
import io.countersign.tls.Authorities;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.SampleCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsCheckTest {
    @TempDir
    Path folder;

    private TestHome home;

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
    }

    @Test
    void findsNothingWrongWithUsableSettings() {
        Problems problems = new Problems();
        Authorities trust = SettingsCheck.check(home.settings(problems), problems);

        assertThat(problems.found()).isEmpty();
        assertThat(Objects.requireNonNull(trust).authorities())
                .containsExactly(Authority.of(home.authority.certificate()));
        assertThat(home.data()).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "countersign.certificate, certificates/missing.crt",
        "countersign.key, certificates/missing.key",
        "countersign.keystore, certificates/missing.p12",
        "countersign.trust, certificates/missing.pem",
    })
    void reportsAMissingFile(String key, String file) {
        home.set(key, file);

        assertThat(problems()).containsExactly(key + " (-D): " + folder.resolve(file) + " no such file");
    }

    @Test
    void reportsCertificateAndKeyTogetherWhereBothAreMissing() {
        home.set("countersign.certificate", "missing.crt").set("countersign.key", "missing.key");

        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "countersign.certificate (-D): " + folder.resolve("missing.crt") + " no such file",
                        "countersign.key (-D): " + folder.resolve("missing.key") + " no such file");
    }

    @Test
    void reportsTheKeyOfAnotherCertificate() {
        Issue.to("CN=other").by(home.authority).write(home.certificates(), "other");
        home.set("countersign.key", "certificates/other.key");

        assertThat(problems())
                .containsExactly("countersign.key (-D): " + home.certificates().resolve("other.key")
                        + " is not the key of 'CN=company', the first certificate in "
                        + home.certificates().resolve("company.crt"));
    }

    @ParameterizedTest
    @CsvSource({
        "wrong, that the password does not open",
        "'', 'and no password is set for it'",
    })
    void reportsAPasswordThatDoesNotOpenTheKey(String password, String said)
            throws IOException, OperatorCreationException {
        encryptKey("right");
        home.set("countersign.key-password", password);

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("countersign.key (-D): " + home.certificates().resolve("company.key"))
                .contains("holds an encrypted private key", said)
                .doesNotContain("right");
    }

    @Test
    void acceptsAnEncryptedKeyWithItsPassword() throws IOException, OperatorCreationException {
        encryptKey("right");
        home.set("countersign.key-password", "right");

        assertThat(problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"countersign.certificate", "countersign.key", "countersign.trust"})
    void reportsAFileThatIsNoPem(String key) {
        home.write("certificates/garbage.pem", "what is this\n").set(key, "certificates/garbage.pem");

        assertThat(problems())
                .containsExactly(key + " (-D): " + home.certificates().resolve("garbage.pem")
                        + " holds no PEM block ('-----BEGIN …-----')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"countersign.certificate", "countersign.key", "countersign.trust"})
    void reportsABrokenPemFile(String key) {
        home.write("certificates/broken.pem", "-----BEGIN CERTIFICATE-----\nMIIB")
                .set(key, "certificates/broken.pem");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith(key + " (-D): " + home.certificates().resolve("broken.pem") + " cannot be read as PEM: ");
    }

    @Test
    void reportsAnExpiredCertificate() {
        Instant now = Instant.now();
        Issue.to("CN=company")
                .valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(2)))
                .by(home.authority)
                .write(home.certificates(), "company");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith(
                        "countersign.certificate (-D): " + home.certificates().resolve("company.crt")
                                + " cannot be used: certificate 'CN=company' expired on ");
    }

    @Test
    void reportsAChainThatIsOutOfOrder() throws IOException {
        Certified intermediate = Issue.to("CN=Intermediate").asAuthority().by(home.authority);
        Certified company = Issue.to("CN=company").by(intermediate);
        company.write(home.certificates(), "company");
        home.write(
                "certificates/company.crt",
                Certified.pem(company.certificate(), home.authority.certificate(), intermediate.certificate()));

        assertThat(problems())
                .containsExactly("countersign.certificate (-D): "
                        + home.certificates().resolve("company.crt")
                        + " is not a chain from first to last: certificate 2, 'CN=Test authority', did not issue the one"
                        + " before it");
    }

    @Test
    void acceptsAPkcs12FileInsteadOfCertificateAndKey() throws IOException, GeneralSecurityException {
        keystore("secret");
        home.set("countersign.certificate", "missing.crt")
                .set("countersign.key", "missing.key")
                .set("countersign.keystore", "certificates/company.p12")
                .set("countersign.keystore-password", "secret");

        assertThat(problems()).isEmpty();
    }

    @Test
    void reportsAPkcs12FileThatThePasswordDoesNotOpen() throws IOException, GeneralSecurityException {
        keystore("secret");
        home.set("countersign.keystore", "certificates/company.p12").set("countersign.keystore-password", "wrong");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("countersign.keystore (-D): " + home.certificates().resolve("company.p12")
                        + " cannot be opened as PKCS#12 with the password that is set: ")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "countersign.port, 65536",
        "countersign.port, -1",
        "countersign.port, https",
        "countersign.port, ''",
        "countersign.port, 8443.0",
        "countersign.port, 123456",
        "countersign.operations-port, 99999",
        "countersign.operations-port, x",
    })
    void reportsWhatIsNoPort(String key, String value) {
        home.set(key, value);

        assertThat(problems())
                .containsExactly(
                        key + " (-D): '" + value + "' is not a port; accepted: 1 to 65535, or 0 for a free one");
    }

    @Test
    void reportsAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            home.set("countersign.port", "" + taken.getLocalPort());

            assertThat(problems())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "countersign.port (-D): cannot listen on 127.0.0.1 port " + taken.getLocalPort() + ": ");
        }
    }

    @Test
    void reportsThatThePortOfOperationsIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            home.set("countersign.operations-port", "" + taken.getLocalPort());

            assertThat(problems())
                    .singleElement()
                    .asString()
                    .startsWith("countersign.operations-port (-D): cannot listen on 127.0.0.1 port "
                            + taken.getLocalPort() + ": ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void reportsOnePortForBothListeners(String host) throws IOException {
        int port = freePort();
        home.set("countersign.host", host)
                .set("countersign.port", "" + port)
                .set("countersign.operations-port", "" + port);

        assertThat(problems())
                .containsExactly("countersign.operations-port (-D): " + port
                        + " is the partners' listener's, on the same address; accepted: another");
    }

    /** Whoever reaches it is shown everything. */
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7"})
    void keepsHealthAndMetricsToLoopback(String host) {
        home.set("countersign.operations-host", host);

        assertThat(problems())
                .anySatisfy(problem -> assertThat(problem)
                        .isEqualTo("countersign.operations-host (-D): '" + host
                                + "' can be reached from other machines, where operators log in by a certificate,"
                                + " and countersign.operators names none; accepted: PEM files with theirs there, or"
                                + " loopback here, such as 127.0.0.1, ::1 or localhost"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "localhost"})
    void acceptsHealthAndMetricsOnLoopback(String host) {
        home.set("countersign.operations-host", host);

        assertThat(problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-host.invalid", "256.0.0.1.invalid", "a b", "1:2:3"})
    void reportsAHostThatNobodyKnows(String host) {
        home.set("countersign.host", host);

        assertThat(problems())
                .containsExactly("countersign.host (-D): '" + host + "' is neither an address nor a known host name");
    }

    @Test
    void reportsAnAddressThatIsNotThisMachines() {
        home.set("countersign.host", "192.0.2.7").set("countersign.port", "8443");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("countersign.port (-D): cannot listen on 192.0.2.7 port 8443: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ten", "10PB", "-1", "999999999999999TB"})
    void reportsWhatIsNoSize(String size) {
        home.set("countersign.max-size", size);

        assertThat(problems()).singleElement().asString().startsWith("countersign.max-size (-D): '" + size + "' is ");
    }

    @ParameterizedTest
    @CsvSource({
        "countersign.revocation-unknown, deny, 'is not known; accepted: refuse, allow'",
        "countersign.revocation-unknown, Allow, 'is not known; accepted: refuse, allow'",
        "countersign.revocation-unknown, '', 'is not known; accepted: refuse, allow'",
        "countersign.revocation-wait, 3, 'is not a time; accepted: a number with a unit: ms, s, m, h, d'",
        "countersign.revocation-wait, '', 'is not a time; accepted: a number with a unit: ms, s, m, h, d'",
        "countersign.revocation-wait, 0s, 'cannot be waited for; accepted: more than 0, and up to 60s'",
        "countersign.revocation-wait, 61s, 'cannot be waited for; accepted: more than 0, and up to 60s'",
    })
    void reportsWhatCannotBeSaidOfRevocation(String key, String value, String said) {
        home.set(key, value);

        assertThat(problems()).containsExactly(key + " (-D): '" + value + "' " + said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dns.example",
                "192.0.2.53:0",
                "192.0.2.53:65536",
                "192.0.2.53:",
                ":53",
                "192.0.2",
                "[2001:db8::53",
                "-"
            })
    void reportsWhatIsNoNameServer(String server) {
        home.set("countersign.dns-servers", "192.0.2.1, " + server);

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("countersign.dns-servers (-D): '" + server + "' is not a name server; accepted: ");
    }

    @ParameterizedTest
    @CsvSource({
        "max-connections, 0, 'is not so many; accepted: 1 to 1000000'",
        "max-connections-per-address, many, 'is not so many; accepted: 1 to 1000000'",
        "max-handshakes-per-second, -1, 'is not so many; accepted: 1 to 1000000'",
        "max-handshakes-per-second-per-address, 1.5, 'is not so many; accepted: 1 to 1000000'",
        "handshake-timeout, 10, 'is not a time; accepted: a number with a unit: ms, s, m, h, d'",
        "header-timeout, 0s, 'cannot be waited for; accepted: more than 0, and up to 3600s'",
        "request-timeout, 31d, 'cannot be waited for; accepted: more than 0, and up to 2592000s'",
        "idle-timeout, 2h, 'cannot be waited for; accepted: more than 0, and up to 3600s'",
        "min-data-rate, slow, 'is not a size; accepted: a number of bytes with or without a unit: B, KB, MB, GB, TB, KiB, MiB, GiB, TiB'",
        "max-header-size, 1000, 'is no size for a header; accepted: 1KiB to 1MiB'",
        "max-transfers, '', 'is not so many; accepted: 1 to 1000000'",
        "partner-max-transfers, 0, 'is not so many; accepted: 1 to 1000000'",
        "partner-max-requests, 600, 'is not so much in a time; accepted: such as ''600 per 1m'', or unlimited'",
        "partner-max-requests, 1KB per 1m, 'is not so much in a time; accepted: such as ''600 per 1m'', or unlimited'",
        "partner-max-bytes, 10GB per day, 'is not so much in a time; accepted: such as ''10GB per 1d'', or unlimited'",
        "partner-max-bytes, 0 per 1d, 'is not so much in a time; accepted: such as ''10GB per 1d'', or unlimited'",
    })
    void reportsLimitsThatAreNone(String key, String value, String said) {
        home.set("countersign." + key, value);

        assertThat(problems()).containsExactly("countersign." + key + " (-D): '" + value + "' " + said);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 'is not a time; accepted: a number with a unit: ms, s, m, h, d'",
        "0ms, 'cannot be waited for; accepted: more than 0, and up to 5s'",
        "6s, 'cannot be waited for; accepted: more than 0, and up to 5s'",
    })
    void reportsHowLongNoNameServerIsWaitedFor(String wait, String said) {
        home.set("countersign.dns-wait", wait);

        assertThat(problems()).containsExactly("countersign.dns-wait (-D): '" + wait + "' " + said);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 'is not a time; accepted: a number with a unit: ms, s, m, h, d'",
        "999ms, 'is no time to gather alerts in; accepted: from 1s to 7d'",
        "8d, 'is no time to gather alerts in; accepted: from 1s to 7d'",
    })
    void reportsInWhichTimeAlertsCannotBeGathered(String interval, String said) {
        home.set("countersign.alert-interval", interval);

        assertThat(problems()).containsExactly("countersign.alert-interval (-D): '" + interval + "' " + said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xml", "JSON", ""})
    void reportsWhatIsNoFormOfTheLog(String format) {
        home.set("countersign.log-format", format);

        assertThat(problems())
                .containsExactly(
                        "countersign.log-format (-D): '" + format + "' is no form of the log; accepted: text, json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast", "JDK", ""})
    void reportsWhatIsNobodysCryptography(String crypto) {
        home.set("countersign.crypto", crypto);

        assertThat(problems())
                .containsExactly("countersign.crypto (-D): '" + crypto + "' is none; accepted: native, jdk");
    }

    @Test
    void acceptsNameServersWithAndWithoutPorts() {
        home.set(
                "countersign.dns-servers",
                "192.0.2.53, 192.0.2.53:5353, 2001:db8::53,[2001:db8::53]:5353, [2001:db8::53]");

        assertThat(problems()).isEmpty();
        assertThat(DnsTerms.of(home.settings(new Problems())).servers())
                .extracting(server -> server.getAddress().getHostAddress() + " " + server.getPort())
                .containsExactly(
                        "192.0.2.53 53",
                        "192.0.2.53 5353",
                        "2001:db8:0:0:0:0:0:53 53",
                        "2001:db8:0:0:0:0:0:53 5353",
                        "2001:db8:0:0:0:0:0:53 53");
    }

    @Test
    void acceptsWhatCanBeSaidOfRevocation() {
        home.set("countersign.revocation-unknown", "allow").set("countersign.revocation-wait", "1m");

        assertThat(problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "proxies, any, '''any'' is not an IP address; accepted: addresses and networks of proxies'",
        "proxies, proxy.example, '''proxy.example'' is not an IP address; accepted: addresses and networks'",
        "proxies, '10.0.0.5, ::/0', '''::/0'' would make everybody a proxy; accepted: addresses and networks'",
        "proxies, 10.0.0.5;10.0.0.6, '''10.0.0.5;10.0.0.6'' is not an IP address; accepted:'",
        "without-proxy, allow, '''allow'' is not known; accepted: refuse, direct'",
        "without-proxy, '', ''''' is not known; accepted: refuse, direct'",
    })
    void reportsWhatCannotBeSaidOfProxies(String key, String value, String said) {
        home.set("countersign." + key, value);

        assertThat(problems()).singleElement().asString().startsWith("countersign." + key + " (-D): " + said);
    }

    @Test
    void reportsAllThatIsWrongWithProxiesTogether() {
        home.set("countersign.proxies", "any").set("countersign.without-proxy", "maybe");

        assertThat(problems()).hasSize(2);
    }

    @Test
    void acceptsWhatCanBeSaidOfProxies() {
        home.set("countersign.proxies", "10.0.0.5, 10.0.1.0/24,2001:db8::/64")
                .set("countersign.without-proxy", "direct");

        assertThat(problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "keep-keys, 59m",
        "keep-keys, 30",
        "keep-sent, ''",
        "keep-sent, always",
        "keep-receipts, 36501d",
        "keep-refusals, 0d",
    })
    void reportsATimeForWhichNothingIsKept(String key, String value) {
        home.set("countersign." + key, value);

        assertThat(problems())
                .containsExactly(
                        "countersign." + key + " (-D): '" + value + "' is not a time to keep something; accepted:"
                                + " 1h to 36500d (a number with a unit: ms, s, m, h, d), or forever");
    }

    @ParameterizedTest
    @CsvSource({"forever", "31d"})
    void reportsReceiptsThatEndBeforeTheKeysThatAreAnsweredByThem(String keys) {
        home.set("countersign.keep-keys", keys).set("countersign.keep-receipts", "30d");

        assertThat(problems())
                .containsExactly(
                        "countersign.keep-receipts (-D): '30d' ends before countersign.keep-keys does, which is '"
                                + keys
                                + "', and a repeated key is answered by the first receipt; accepted: as long, or longer");
    }

    @Test
    void readsForHowLongThingsAreKept() {
        home.set("countersign.keep-keys", "1h")
                .set("countersign.keep-receipts", "1h")
                .set("countersign.keep-sent", "36500d");

        assertThat(problems()).isEmpty();
        assertThat(RetentionTerms.of(home.settings(new Problems())))
                .isEqualTo(new RetentionTerms(
                        Duration.ofHours(1), Duration.ofDays(36_500), Duration.ofHours(1), Duration.ofDays(30)));
    }

    @ParameterizedTest
    @CsvSource({
        "soon, 'is not a time; accepted: a number with a unit: ms, s, m, h, d'",
        "'', 'is not a time; accepted: a number with a unit: ms, s, m, h, d'",
        "61m, 'is longer than a stop may take; accepted: up to 1h'",
    })
    void reportsHowLongAStopCannotTake(String value, String said) {
        home.set("countersign.shutdown-timeout", value);

        assertThat(problems()).containsExactly("countersign.shutdown-timeout (-D): '" + value + "' " + said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "500ms", "1h"})
    void acceptsHowLongAStopMayTake(String value) {
        home.set("countersign.shutdown-timeout", value);

        assertThat(problems()).isEmpty();
    }

    @Test
    void reportsADataFolderThatCannotBeWrittenTo() {
        home.write("a-file", "").set("countersign.data", "a-file");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("countersign.data (-D): " + folder.resolve("a-file") + " cannot be written to: ");
    }

    @Test
    void reportsADataFolderBelowAFile() {
        home.write("a-file", "").set("countersign.data", "a-file/data");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("countersign.data (-D): " + folder.resolve("a-file/data") + " cannot be written to: ");
    }

    /** Blank they would mean the working directory, the root folder or every address. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "countersign.host",
                "countersign.operations-host",
                "countersign.data",
                "countersign.trust",
                "countersign.certificate",
                "countersign.key"
            })
    void reportsWhatIsLeftEmpty(String key) {
        home.set(key, " ");

        assertThat(problems()).containsExactly(key + " (-D): is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void keepsTheSampleCertificatesToLoopback(String host) throws IOException {
        SampleCertificates.write(home.certificates());
        home.set("countersign.host", host);

        assertThat(problems())
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("countersign.host (-D): the sample certificates, whose keys everybody has, are for"
                                + " loopback only, and " + host + " is not; set countersign.certificate"));
    }

    /** Whoever has the sample authority's key, and everybody has, could issue himself any partner's name. */
    @Test
    void keepsTheSampleAuthorityToLoopbackAlsoWhereTheCompanysCertificateIsItsOwn() throws IOException {
        SampleCertificates.write(folder.resolve("certs-sample"));
        home.set("countersign.host", "0.0.0.0").set("countersign.trust", "certs-sample/ca.crt");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("countersign.host (-D): the sample certificates, whose keys everybody has,")
                .endsWith("set countersign.trust");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "localhost"})
    void acceptsTheSampleCertificatesOnLoopback(String host) throws IOException {
        SampleCertificates.write(home.certificates());
        home.set("countersign.host", host);

        assertThat(problems()).isEmpty();
    }

    @Test
    void acceptsAnyAddressWithCertificatesOfOnesOwn() {
        home.set("countersign.host", "0.0.0.0");

        assertThat(problems()).isEmpty();
    }

    @Test
    void reportsATrustFileWithAPartnersCertificate() {
        home.set("countersign.trust", "certificates/company.crt");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("countersign.trust (-D): ")
                .contains("which is not an authority's certificate");
    }

    @Test
    void reportsEverythingTogether() {
        home.write("a-file", "");
        home.set("countersign.host", "no-such-host.invalid")
                .set("countersign.port", "x")
                .set("countersign.operations-port", "y")
                .set("countersign.max-size", "z")
                .set("countersign.data", "a-file")
                .set("countersign.certificate", "missing.crt")
                .set("countersign.key", "missing.key")
                .set("countersign.trust", "missing.pem")
                .set("countersign.unknown", "1");

        assertThat(problems().stream().map(problem -> problem.substring(0, problem.indexOf(' '))))
                .containsExactlyInAnyOrder(
                        "countersign.host",
                        "countersign.port",
                        "countersign.operations-port",
                        "countersign.max-size",
                        "countersign.data",
                        "countersign.certificate",
                        "countersign.key",
                        "countersign.trust",
                        "countersign.unknown");
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private List<String> problems() {
        Problems problems = new Problems();
        SettingsCheck.check(home.settings(problems), problems);
        return problems.found();
    }

    private void encryptKey(String password) throws IOException, OperatorCreationException {
        var encryptor = new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                .setProvider(new BouncyCastleProvider())
                .setPassword(password.toCharArray())
                .build();
        home.write(
                "certificates/company.key",
                Certified.pem(new JcaPKCS8Generator(home.company.keys().getPrivate(), encryptor)));
    }

    private void keystore(String password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "company",
                home.company.keys().getPrivate(),
                password.toCharArray(),
                home.company.chain().toArray(Certificate[]::new));
        try (OutputStream file = Files.newOutputStream(home.certificates().resolve("company.p12"))) {
            store.store(file, password.toCharArray());
        }
    }
}

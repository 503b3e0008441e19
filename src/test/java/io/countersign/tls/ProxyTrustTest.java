package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyTrustTest {
    @TempDir
    private Path home;

    private final Certified authority = Issue.root("CN=ca");
    private final Certified proxy = Issue.to("CN=proxy").by(authority);
    private final Certified next = Issue.to("CN=proxy").selfSigned();
    private final SettableClock clock = new SettableClock();
    private final ProxyTrust trust = new ProxyTrust();

    @BeforeEach
    void describe() {
        trust.setHome(home.toString());
        trust.useClock(clock);
        proxy.write(home, "proxy");
        next.write(home, "next");
        authority.write(home, "ca");
    }

    @Test
    void theseVeryCertificatesAreProxiesAndNobodyElses() throws Exception {
        trust.setCertificates("proxy.crt, " + home.resolve("next.crt") + ",");
        trust.prepare();
        trust.check(proxy.chain());
        trust.check(next.chain());
        for (Certified other :
                List.of(Issue.to("CN=proxy").by(authority), Issue.to("CN=proxy").selfSigned(), authority)) {
            assertRefused(other, "is not a proxy's: it is not in proxy.crt");
        }
    }

    @Test
    void whoHasIssuedOurCertificateIsKnownAndNoProxy() throws Exception {
        trust.setCertificates("proxy.crt");
        assertThat(trust.issuer(proxy.certificate())).isNull();

        trust.setIssuers(new ClientTrust() {
            @Override
            public void check(List<X509Certificate> shown) {
                throw new AssertionError("only its issuers are asked for");
            }

            @Override
            public X509Certificate issuer(X509Certificate issued) {
                return authority.certificate();
            }
        });

        assertThat(trust.issuer(proxy.certificate())).isEqualTo(authority.certificate());
        assertRefused(authority, "is not a proxy's: it is not in proxy.crt");
    }

    @Test
    void anAuthorityMakesNobodyAProxy() throws Exception {
        trust.setCertificates("ca.crt");
        trust.prepare();
        assertRefused(proxy, "is not a proxy's");
    }

    @Test
    void theAuthoritiesThatSomeToolsAppendDoNotCount() throws Exception {
        write(Certified.pem(proxy.certificate(), authority.certificate()));
        trust.setCertificates("proxy.crt");
        trust.prepare();
        trust.check(proxy.chain());
        assertRefused(authority, "is not a proxy's");
    }

    @Test
    void datesAreLookedAtEachTime() throws Exception {
        trust.setCertificates("proxy.crt");
        trust.check(proxy.chain());
        clock.advance(Duration.ofDays(90));
        assertRefused(proxy, "expired on");
    }

    @Test
    void aChangedFileTakesEffect() throws Exception {
        trust.setCertificates("proxy.crt");
        trust.check(proxy.chain());
        write(Certified.pem(next.certificate()));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !isProxy(proxy));
        assertThat(isProxy(next)).isTrue();
    }

    @Test
    void aFileThatIsStillBeingWrittenTakesNobodyOut() throws Exception {
        write(Certified.pem(proxy.certificate(), next.certificate()));
        trust.setCertificates("proxy.crt");
        trust.check(next.chain());
        write(Certified.pem(proxy.certificate()));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(50))
                .during(Duration.ofMillis(2_500))
                .until(() -> {
                    Files.writeString(home.resolve("proxy.crt"), "\n", StandardOpenOption.APPEND);
                    return isProxy(next);
                });
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !isProxy(next));
        trust.check(proxy.chain());
    }

    /** Else a proxy that calls once a day with a new certificate would be refused for a day, and one taken out let in. */
    @Test
    void aChangeOfAWhileAgoCountsAtTheFirstLook() throws Exception {
        trust.setCertificates("proxy.crt");
        trust.check(proxy.chain());
        write(Certified.pem(next.certificate()));
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> Files.getLastModifiedTime(home.resolve("proxy.crt"))
                        .toInstant()
                        .isBefore(Instant.now().minusMillis(2_100)));
        trust.check(next.chain());
        assertRefused(proxy, "is not a proxy's");
    }

    @Test
    void aFileThatCannotBeReadAnyMoreLeavesTheLastOnesInForceAndIsWarnedOfOnce() throws Exception {
        try (Logged log = Logged.by(ProxyTrust.class.getName())) {
            List<String> said = new ArrayList<>();
            trust.setCertificates("proxy.crt");
            trust.check(proxy.chain());
            write("-----BEGIN CERTIFICATE-----\nMIIB");
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
                trust.check(proxy.chain());
                said.addAll(log.news());
                return said.toString().contains("cannot be read as PEM");
            });
            Files.delete(home.resolve("proxy.crt"));
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
                trust.check(proxy.chain());
                said.addAll(log.news());
                return said.toString().contains("no such file");
            });
            write(Certified.pem(next.certificate()));
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> isProxy(next));
            said.addAll(log.news());
            assertThat(said)
                    .filteredOn(line -> line.startsWith("WARN proxies' certificates stay"))
                    .hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', no certificate of a proxy is named",
        "' , ', no certificate of a proxy is named",
        "missing.crt, no such file",
        "'proxy.crt, missing.crt', no such file",
        "proxy.key, holds no certificate",
        "weak.crt, RSA key of 1024 bits",
    })
    void whatCannotBeUsedIsToldBeforeAListenerOpens(String certificates, String reason) {
        Issue.to("CN=weak").keys(Issue.rsa(1024)).selfSigned().write(home, "weak");
        trust.setCertificates(certificates);
        assertThatThrownBy(trust::prepare)
                .isInstanceOf(KeyMaterialException.class)
                .hasMessageContaining(reason);
        assertThatThrownBy(() -> trust.check(proxy.chain()))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void whatIsRefusedIsNoCandidateForAPartnersPin() throws Exception {
        trust.setCertificates("proxy.crt");
        assertThatThrownBy(() -> trust.check(next.chain()))
                .isInstanceOf(RefusedCertificateException.class)
                .isNotInstanceOf(UnknownCertificateException.class);
        assertThatCode(() -> trust.check(proxy.chain())).doesNotThrowAnyException();
    }

    private void assertRefused(Certified other, String reason) {
        assertThatThrownBy(() -> trust.check(other.chain()))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(reason);
    }

    private boolean isProxy(Certified candidate) {
        try {
            trust.check(candidate.chain());
            return true;
        } catch (CertificateException no) {
            return false;
        }
    }

    private void write(String content) throws IOException {
        Files.writeString(home.resolve("proxy.crt"), content);
    }
}

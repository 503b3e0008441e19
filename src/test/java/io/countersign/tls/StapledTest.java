package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** JSSE staples only where the chain holds the issuer, whichever identity it is at the time. */
class StapledTest {
    private static final Certified ROOT = Issue.root("CN=Root");

    private final Replaced identity = new Replaced();
    private final X509ExtendedKeyManager stapled = Stapled.over(identity, new Known());

    @Test
    void completesTheChainOfEachIdentityThatComes() {
        Certified first = Issue.to("CN=company").ocsp("http://127.0.0.1:1/").by(ROOT);
        Certified second = Issue.to("CN=company").ocsp("http://127.0.0.1:1/").by(ROOT);
        identity.shown = first;
        assertThat(stapled.getCertificateChain("own")).containsExactly(first.certificate(), ROOT.certificate());

        identity.shown = second;
        assertThat(stapled.getCertificateChain("own")).containsExactly(second.certificate(), ROOT.certificate());
    }

    @Test
    void leavesOthersAsTheyAre() {
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(ROOT);
        for (Certified other : List.of(
                Issue.to("CN=company").by(ROOT),
                Issue.to("CN=company").ocsp("http://127.0.0.1:1/").selfSigned(),
                Issue.to("CN=company").ocsp("http://127.0.0.1:1/").by(intermediate),
                Issue.to("CN=company").ocsp("http://127.0.0.1:1/").by(Issue.root("CN=Root")))) {
            identity.shown = other;
            assertThat(stapled.getCertificateChain("own")).containsExactlyElementsOf(other.chain());
        }
    }

    private static final class Known implements ClientTrust {
        @Override
        public void check(List<X509Certificate> shown) {
            throw new AssertionError("no client is asked about");
        }

        @Override
        public @Nullable X509Certificate issuer(X509Certificate issued) {
            return Authorities.of(ROOT.chain()).issuer(issued);
        }
    }

    private static final class Replaced extends X509ExtendedKeyManager {
        private Certified shown = ROOT;

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return shown.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return shown.keys().getPrivate();
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {"own"};
        }

        @Override
        public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return "own";
        }
    }
}

package io.countersign.tls;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.amazon.corretto.crypto.provider.SelfTestStatus;
import java.security.Security;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elliptic curves, AES-GCM, digests and RSA in machine code, below the JDK's own TLS: the Amazon Corretto Crypto Provider, which
 * is there for Linux on x86-64. Where it does not run, the JDK's own implementations do the same, slower.
 */
public final class NativeCrypto {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");

    private static volatile boolean preferred;

    private NativeCrypto() {}

    /** Whether this JVM asks it first. */
    static boolean isPreferred() {
        return preferred;
    }

    /** Has this JVM ask it first from now on, where it runs and its own tests pass. */
    public static void prefer() {
        try {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            Throwable missing = provider.getLoadingError();
            if (missing != null) {
                LOG.info("native cryptography does not run here ({}): the JDK's own is used", missing.toString());
            } else if (provider.runSelfTests() == SelfTestStatus.FAILED) {
                LOG.warn("native cryptography fails its own tests: the JDK's own is used");
            } else {
                int unused = Security.insertProviderAt(provider, 1);
                preferred = true;
            }
        } catch (LinkageError none) {
            LOG.info("native cryptography does not run here ({}): the JDK's own is used", none.toString());
        }
    }
}

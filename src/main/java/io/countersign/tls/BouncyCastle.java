package io.countersign.tls;

import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** BouncyCastle's algorithms, for what the JDK has none for; made when they are first needed, since most services never do. */
public final class BouncyCastle {
    private BouncyCastle() {}

    /** Not among the JVM's providers: only who names it gets it. */
    public static Provider provider() {
        return Made.PROVIDER;
    }

    private static final class Made {
        static final Provider PROVIDER = new BouncyCastleProvider();
    }
}

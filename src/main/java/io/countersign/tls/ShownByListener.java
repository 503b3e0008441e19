package io.countersign.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a {@link CompanyIdentity} to JSSE: each handshake shows the one in force when it began. The fingerprint is the
 * alias, so that a handshake that began before a change ends with the key and the certificates that it began with.
 */
final class ShownByListener extends X509ExtendedKeyManager {
    private static final Logger LOG = LoggerFactory.getLogger(ShownByListener.class);
    private static final int MOST_REMEMBERED = 4;

    private final CompanyIdentity identity;
    private final Handshakes handshakes;
    private final Map<String, X509ExtendedKeyManager> remembered = new LinkedHashMap<>();
    private @Nullable Identity newest;
    private String newestAlias = "";

    ShownByListener(CompanyIdentity identity, Handshakes handshakes) {
        this.identity = identity;
        this.handshakes = handshakes;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        X509ExtendedKeyManager now = inForce();
        String alias = now == null ? null : now.chooseEngineServerAlias(keyType, issuers, engine);
        if (alias != null && engine != null) {
            handshakes.answered(engine);
        }
        return alias;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        X509ExtendedKeyManager now = inForce();
        return now == null ? null : now.chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        X509ExtendedKeyManager of = of(alias);
        return of == null ? null : of.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        X509ExtendedKeyManager of = of(alias);
        return of == null ? null : of.getPrivateKey(alias);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        X509ExtendedKeyManager now = inForce();
        return now == null ? null : now.getServerAliases(keyType, issuers);
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

    private synchronized @Nullable X509ExtendedKeyManager of(String alias) {
        return remembered.get(alias);
    }

    private synchronized @Nullable X509ExtendedKeyManager inForce() {
        try {
            Identity now = identity.inForce();
            if (!now.equals(newest)) {
                newest = now;
                newestAlias = Certificates.fingerprint(now.certificate());
                remembered.remove(newestAlias); // the newest is last
                remembered.put(newestAlias, now.keyManager(newestAlias));
                if (remembered.size() > MOST_REMEMBERED) {
                    remembered.remove(remembered.keySet().iterator().next());
                }
            }
            return remembered.get(newestAlias);
        } catch (KeyMaterialException unusable) {
            LOG.error("no certificate to show: {}", unusable.getMessage());
            return null;
        }
    }
}

package io.countersign.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OCSP stapling (RFC 6066, section 8) of a listener whose certificate names a responder. JSSE asks it and keeps the answer,
 * but only where the chain holds the issuer, which operators often leave out; here it is added from the known authorities,
 * whatever the identity is at the time of the handshake.
 */
final class Stapled extends X509ExtendedKeyManager {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.tls");

    /** A handshake goes on without after this; the answer that comes later is there for the next one. */
    private static final String WAIT_MILLIS = "1000";

    private final X509ExtendedKeyManager identity;
    private final ClientTrust trust;
    private final Set<X509Certificate> warned = ConcurrentHashMap.newKeySet();

    private Stapled(X509ExtendedKeyManager identity, ClientTrust trust) {
        this.identity = identity;
        this.trust = trust;
    }

    /** Comes before the context is made, which looks once whether it staples. Has no effect on who is called. */
    static void enable() {
        setIfUnset("jdk.tls.server.enableStatusRequestExtension", "true");
        setIfUnset("jdk.tls.stapling.responseTimeout", WAIT_MILLIS);
    }

    static X509ExtendedKeyManager over(X509ExtendedKeyManager identity, ClientTrust trust) {
        return new Stapled(identity, trust);
    }

    private static void setIfUnset(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        X509Certificate[] chain = identity.getCertificateChain(alias);
        if (chain == null || chain.length != 1 || !namesResponder(chain[0]) || Certificates.isSelfSigned(chain[0])) {
            return chain;
        }
        X509Certificate issuer = trust.issuer(chain[0]);
        if (issuer != null) {
            return new X509Certificate[] {chain[0], issuer};
        }
        if (warned.add(chain[0])) {
            LOG.warn(
                    "no OCSP answer is stapled to {}, although it names a responder: the certificate of its issuer {} is"
                            + " neither behind it in its file nor among the trusted authorities",
                    Certificates.name(chain[0]),
                    Certificates.name(chain[0].getIssuerX500Principal()));
        }
        return chain;
    }

    /** With each handshake, so that nothing but the extension is parsed. */
    private static boolean namesResponder(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(Extension.authorityInfoAccess.getId());
        if (extension == null) {
            return false;
        }
        try {
            return Arrays.stream(
                            AuthorityInformationAccess.getInstance(JcaX509ExtensionUtils.parseExtensionValue(extension))
                                    .getAccessDescriptions())
                    .anyMatch(each -> each.getAccessMethod().equals(AccessDescription.id_ad_ocsp));
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return identity.getPrivateKey(alias);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return identity.chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return identity.chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return identity.getServerAliases(keyType, issuers);
    }

    /** A listener calls nobody. */
    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }
}

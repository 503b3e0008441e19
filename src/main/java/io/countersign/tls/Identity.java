package io.countersign.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A private key and the certificate chain that proves it, the owner's certificate first. Made only where they fit. */
public record Identity(PrivateKey key, List<X509Certificate> chain) {
    /**
     * Reads an identity from PEM.
     *
     * @param password of the key, where it is encrypted
     */
    public static Identity read(Path certificate, Path key, @Nullable String password) throws KeyMaterialException {
        Identity identity = read(certificate, key, password, new Reading());
        identity.checkValid(certificate, Instant.now());
        return identity;
    }

    /**
     * The same, whether it is valid now or not.
     *
     * @param reading gets the files
     */
    public static Identity read(Path certificate, Path key, @Nullable String password, Reading reading)
            throws KeyMaterialException {
        reading.note(key); // also where the certificate cannot be used yet
        List<X509Certificate> chain = PemFile.read(certificate, reading).certificates();
        PrivateKey privateKey = PemFile.read(key, reading).privateKey(password);
        return checked(certificate, chain, key, privateKey);
    }

    /** Reads the one private key entry of a PKCS#12 file. */
    public static Identity read(Path keystore, @Nullable String password) throws KeyMaterialException {
        Identity identity = read(keystore, password, new Reading());
        identity.checkValid(keystore, Instant.now());
        return identity;
    }

    /**
     * The same, whether it is valid now or not.
     *
     * @param reading gets the file
     */
    public static Identity read(Path keystore, @Nullable String password, Reading reading) throws KeyMaterialException {
        reading.note(keystore);
        if (!Files.isRegularFile(keystore)) {
            throw new KeyMaterialException(keystore, "no such file");
        }
        char[] secret = password == null ? new char[0] : password.toCharArray();
        try (InputStream content = Files.newInputStream(keystore)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(content, secret);
            List<String> keys = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class)) {
                    keys.add(alias);
                }
            }
            if (keys.size() != 1) {
                throw new KeyMaterialException(
                        keystore, "holds " + keys.size() + " private keys; accepted: exactly one");
            }
            Key key = store.getKey(keys.get(0), secret);
            Certificate[] certificates = store.getCertificateChain(keys.get(0));
            if (certificates == null || certificates.length == 0) {
                throw new KeyMaterialException(keystore, "holds no certificate for its private key");
            }
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : certificates) {
                chain.add((X509Certificate) certificate);
            }
            return checked(keystore, chain, keystore, (PrivateKey) key);
        } catch (IOException | GeneralSecurityException unusable) {
            throw new KeyMaterialException(
                    keystore,
                    "cannot be opened as PKCS#12 with the password that is set: " + unusable.getMessage(),
                    unusable);
        }
    }

    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** JSSE's choice whether it fits what a peer asks for, under the alias {@code alias}. */
    X509ExtendedKeyManager keyManager(String alias) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(alias, key, new char[0], chain.toArray(Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, new char[0]);
            return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
        } catch (IOException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whose it is, for log lines. */
    public String described() {
        return Certificates.name(certificate()) + " with fingerprint " + Certificates.fingerprint(certificate())
                + ", valid until " + certificate().getNotAfter().toInstant();
    }

    /** Whether the owner's certificate is valid at that time. */
    public boolean isValid(Instant time) {
        try {
            checkValid(Path.of(""), time);
            return true;
        } catch (KeyMaterialException notThen) {
            return false;
        }
    }

    /** @throws KeyMaterialException where the owner's certificate is not valid at that time */
    public void checkValid(Path file, Instant time) throws KeyMaterialException {
        try {
            Certificates.checkDates(certificate(), time);
        } catch (CertificateException notThen) {
            throw new KeyMaterialException(file, "cannot be used: " + notThen.getMessage(), notThen);
        }
    }

    /**
     * Finds a chain that provably lacks a certificate: its last one was issued by an authority that is known, and known not
     * to be a root. Peers know roots and no others.
     *
     * @param before whose chain also tells of authorities
     */
    void checkWhole(Path file, Authorities known, @Nullable Identity before) throws KeyMaterialException {
        X509Certificate last = chain.get(chain.size() - 1);
        List<X509Certificate> authorities = new ArrayList<>(known.named(last.getIssuerX500Principal()));
        if (before != null) {
            before.chain().stream().skip(1).forEach(authorities::add);
        }
        if (Certificates.isSelfSigned(last)) {
            return;
        }
        List<X509Certificate> issuers = authorities.stream()
                .filter(authority -> authority.getSubjectX500Principal().equals(last.getIssuerX500Principal())
                        && Certificates.isSignedBy(last, authority.getPublicKey()))
                .toList();
        if (!issuers.isEmpty() && issuers.stream().noneMatch(Certificates::isSelfSigned)) {
            throw new KeyMaterialException(
                    file,
                    "is not a whole chain: " + Certificates.name(last) + ", the last in it, was issued by "
                            + Certificates.name(last.getIssuerX500Principal())
                            + ", an intermediate authority whose certificate must follow");
        }
    }

    private static Identity checked(Path file, List<X509Certificate> chain, Path keyFile, PrivateKey key)
            throws KeyMaterialException {
        if (!fits(key, chain.get(0))) {
            throw new KeyMaterialException(
                    keyFile,
                    "is not the key of " + Certificates.name(chain.get(0)) + ", the first certificate in " + file);
        }
        for (int i = 1; i < chain.size(); i++) {
            if (!Certificates.isSignedBy(chain.get(i - 1), chain.get(i).getPublicKey())) {
                throw new KeyMaterialException(
                        file,
                        "is not a chain from first to last: certificate " + (i + 1) + ", "
                                + Certificates.name(chain.get(i)) + ", did not issue the one before it");
            }
        }
        return new Identity(key, List.copyOf(chain));
    }

    private static boolean fits(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] challenge = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(challenge);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(challenge);
            return signature.verify(signed);
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }
}

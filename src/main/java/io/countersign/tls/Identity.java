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
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/** A private key and the certificate chain that proves it, the owner's certificate first. Made only where they fit. */
public record Identity(PrivateKey key, List<X509Certificate> chain) {
    /**
     * Reads an identity from PEM.
     *
     * @param password of the key, where it is encrypted
     */
    public static Identity read(Path certificate, Path key, @Nullable String password) throws KeyMaterialException {
        List<X509Certificate> chain = PemFile.read(certificate).certificates();
        PrivateKey privateKey = PemFile.read(key).privateKey(password);
        return checked(certificate, chain, key, privateKey);
    }

    /** Reads the one private key entry of a PKCS#12 file. */
    public static Identity read(Path keystore, @Nullable String password) throws KeyMaterialException {
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

    KeyManager[] keyManagers() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("company", key, new char[0], chain.toArray(Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        } catch (IOException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Identity checked(Path file, List<X509Certificate> chain, Path keyFile, PrivateKey key)
            throws KeyMaterialException {
        if (!fits(key, chain.get(0))) {
            throw new KeyMaterialException(
                    keyFile,
                    "is not the key of " + Certificates.name(chain.get(0)) + ", the first certificate in " + file);
        }
        try {
            Certificates.checkDates(chain.get(0), Instant.now());
        } catch (CertificateException notNow) {
            throw new KeyMaterialException(file, "cannot be used: " + notNow.getMessage(), notNow);
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

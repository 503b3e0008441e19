package io.countersign.testing;

import io.countersign.tls.Certificates;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** A key pair and the certificates that prove it, the owner's first. */
public record Certified(KeyPair keys, List<X509Certificate> chain) {
    public X509Certificate certificate() {
        return chain.get(0);
    }

    public String fingerprint() {
        return Certificates.fingerprint(certificate());
    }

    /** Writes NAME.crt and NAME.key and returns the path of the first. */
    public Path write(Path folder, String name) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(name + ".key"), pem(new JcaPKCS8Generator(keys.getPrivate(), null)));
            return Files.writeString(folder.resolve(name + ".crt"), pem(chain.toArray()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Writes a PKCS#12 file, in one step. */
    public void writeKeystore(Path file, String password) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", keys.getPrivate(), password.toCharArray(), chain.toArray(Certificate[]::new));
            Path unfinished = file.resolveSibling("." + file.getFileName());
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                store.store(out, password.toCharArray());
            }
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public KeyManager[] keyManagers() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", keys.getPrivate(), new char[0], chain.toArray(Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public static String pem(Object... contents) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object content : contents) {
                writer.writeObject(content);
            }
        }
        return text.toString();
    }
}

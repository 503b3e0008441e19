package io.countersign.tls;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The company's own certificate and key, as a bean of {@code routes/tls.camel.yaml}: either PEM ({@code certificate},
 * {@code key}, and {@code keyPassword} where the key is encrypted) or PKCS#12 ({@code keystore}, {@code
 * keystorePassword}). Blank properties count as not set.
 */
public final class CompanyIdentity {
    private @Nullable String certificate;
    private @Nullable String key;
    private @Nullable String keyPassword;
    private @Nullable String keystore;
    private @Nullable String keystorePassword;

    public void setCertificate(String certificate) {
        this.certificate = certificate;
    }

    public void setKey(String key) {
        this.key = key;
    }

    public void setKeyPassword(String keyPassword) {
        this.keyPassword = keyPassword;
    }

    /** A PKCS#12 file; where it is set, {@link #setCertificate} and {@link #setKey} are not looked at. */
    public void setKeystore(String keystore) {
        this.keystore = keystore;
    }

    public void setKeystorePassword(String keystorePassword) {
        this.keystorePassword = keystorePassword;
    }

    /** @throws KeyMaterialException where a file cannot be used, or key and certificate do not fit */
    public Identity read() throws KeyMaterialException {
        if (keystore != null && !keystore.isBlank()) {
            return Identity.read(Path.of(keystore), keystorePassword);
        }
        return Identity.read(Path.of(orEmpty(certificate)), Path.of(orEmpty(key)), keyPassword);
    }

    /** What of it ends at some time; nothing where it cannot be read now. */
    public List<Dated> dated() {
        boolean pkcs12 = keystore != null && !keystore.isBlank();
        try {
            return Dated.of(
                    Dated.Kind.OWN_CERTIFICATE, Dated.COMPANY, orEmpty(pkcs12 ? keystore : certificate), read());
        } catch (KeyMaterialException unusable) {
            return List.of();
        }
    }

    private static String orEmpty(@Nullable String path) {
        return path == null ? "" : path;
    }
}

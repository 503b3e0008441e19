package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Security;
import java.security.Signature;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is slow in the JDK is done in machine code where that runs, however often somebody says so. */
class NativeCryptoTest {
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void whatHandshakesAndRecordsNeedIsNative() throws Exception {
        NativeCrypto.prefer();
        NativeCrypto.prefer();
        assertThat(List.of(
                        Signature.getInstance("SHA256withECDSA").getProvider().getName(),
                        Signature.getInstance("RSASSA-PSS").getProvider().getName(),
                        KeyAgreement.getInstance("ECDH").getProvider().getName(),
                        KeyPairGenerator.getInstance("EC").getProvider().getName(),
                        Cipher.getInstance("AES/GCM/NoPadding").getProvider().getName(),
                        MessageDigest.getInstance("SHA-256").getProvider().getName()))
                .containsOnly("AmazonCorrettoCryptoProvider");
        assertThat(Security.getProviders())
                .filteredOn(provider -> provider.getName().equals("AmazonCorrettoCryptoProvider"))
                .hasSize(1);
    }

    /** What advisories on the library inside are about. */
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void nothingElseIsNative() {
        NativeCrypto.prefer();
        assertThat(Security.getProvider("AmazonCorrettoCryptoProvider").getServices())
                .isNotEmpty()
                .noneMatch(service -> service.getType().startsWith("Cert")
                        || service.getType().equals("KeyStore"))
                .noneMatch(service -> service.getAlgorithm().matches("(?i).*(CCM|PKCS-?7|CMS|X\\.?509|CRL).*"));
    }
}

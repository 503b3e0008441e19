package io.countersign.tls;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.X509TrustedCertificateBlock;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * What a PEM file holds: certificates and revocation lists in their order, and private keys as PKCS#1, SEC1 or PKCS#8
 * (RFC 7468). A single certificate or revocation list may also be DER. Anything that cannot be read is an error; nothing is skipped in silence but blocks of
 * another kind than the one asked for.
 */
public final class PemFile {
    /** That of UTF-8, read as ISO 8859-1. */
    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

    private static final Pattern FIRST_LINE = Pattern.compile("--BEGIN");

    private final Path file;
    private final List<Object> blocks;

    private PemFile(Path file, List<Object> blocks) {
        this.file = file;
        this.blocks = blocks;
    }

    /** @throws KeyMaterialException where the file is missing, unreadable, or neither PEM nor DER */
    public static PemFile read(Path file) throws KeyMaterialException {
        return read(file, new Reading());
    }

    /** @param reading gets the file */
    public static PemFile read(Path file, Reading reading) throws KeyMaterialException {
        reading.note(file);
        if (!Files.exists(file)) {
            throw new KeyMaterialException(file, "no such file");
        }
        if (!Files.isRegularFile(file)) {
            throw new KeyMaterialException(file, "is not a file; accepted: a PEM file");
        }
        List<Object> blocks = new ArrayList<>();
        try {
            if (Files.size(file) > Stamp.MOST_BYTES) {
                throw new IOException("it has more than " + Stamp.MOST_BYTES + " bytes");
            }
            byte[] content = Files.readAllBytes(file);
            // A sequence (0x30, also the digit 0) of more than 127 bytes, whose length no text could go on with.
            if (content.length > 1 && content[0] == 0x30 && content[1] < 0) {
                blocks.add(der(content));
            } else {
                String text = new String(content, StandardCharsets.ISO_8859_1);
                blocks.addAll(blocks(text.startsWith(BYTE_ORDER_MARK) ? text.substring(3) : text));
            }
        } catch (IOException | RuntimeException unparsable) {
            throw new KeyMaterialException(file, "cannot be read as PEM: " + unparsable.getMessage(), unparsable);
        }
        if (blocks.isEmpty()) {
            throw new KeyMaterialException(file, "holds no PEM block ('-----BEGIN …-----')");
        }
        return new PemFile(file, blocks);
    }

    /** The certificates in the order of the file; at least one. */
    public List<X509Certificate> certificates() throws KeyMaterialException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Object block : blocks) {
            if (block instanceof X509CertificateHolder holder) {
                certificates.add(certificate(holder));
            } else if (block instanceof X509TrustedCertificateBlock trusted) {
                certificates.add(certificate(trusted.getCertificateHolder()));
            }
        }
        if (certificates.isEmpty()) {
            throw new KeyMaterialException(file, "holds no certificate; accepted: '-----BEGIN CERTIFICATE-----'");
        }
        return List.copyOf(certificates);
    }

    /** @param password opens an encrypted key; ignored where the key is not encrypted */
    public PrivateKey privateKey(@Nullable String password) throws KeyMaterialException {
        for (Object block : blocks) {
            try {
                PrivateKeyInfo key = privateKeyInfo(block, password);
                if (key != null) {
                    return new JcaPEMKeyConverter().getPrivateKey(key);
                }
            } catch (PEMException unusable) {
                throw new KeyMaterialException(
                        file, "holds a private key that cannot be used: " + unusable.getMessage(), unusable);
            }
        }
        throw new KeyMaterialException(
                file,
                "holds no private key; accepted: PKCS#8, PKCS#1 ('RSA PRIVATE KEY') or SEC1 ('EC PRIVATE KEY') as PEM");
    }

    /** The certificate revocation lists in the order of the file; there may be none. */
    public List<X509CRL> revocationLists() throws KeyMaterialException {
        List<X509CRL> lists = new ArrayList<>();
        for (Object block : blocks) {
            if (block instanceof X509CRLHolder holder) {
                lists.add(revocationList(holder));
            }
        }
        return List.copyOf(lists);
    }

    /** Whether a block of the file is a certificate revocation list. */
    boolean holdsRevocationList() {
        return blocks.stream().anyMatch(X509CRLHolder.class::isInstance);
    }

    /** Whether the file is there for its revocation lists alone. */
    boolean holdsNothingButRevocationLists() {
        return blocks.stream().allMatch(X509CRLHolder.class::isInstance);
    }

    private static Object der(byte[] content) throws IOException {
        try {
            return new X509CertificateHolder(content);
        } catch (IOException notACertificate) {
            try {
                return new X509CRLHolder(content);
            } catch (IOException | RuntimeException notAList) {
                throw notACertificate;
            }
        }
    }

    /** The parser takes a block whose first line is broken for text between the blocks, or for the end. */
    private static List<Object> blocks(String text) throws IOException {
        List<Object> blocks = new ArrayList<>();
        PEMParser parser = new PEMParser(new StringReader(text));
        for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
            blocks.add(block);
        }
        if (FIRST_LINE.matcher(text).results().count() != blocks.size()) {
            throw new IOException("a line with BEGIN is not of the form '-----BEGIN …-----'");
        }
        return blocks;
    }

    private @Nullable PrivateKeyInfo privateKeyInfo(Object block, @Nullable String password)
            throws KeyMaterialException {
        if (block instanceof PEMKeyPair pair) {
            return pair.getPrivateKeyInfo();
        }
        if (block instanceof PrivateKeyInfo info) {
            return info;
        }
        if (!(block instanceof PKCS8EncryptedPrivateKeyInfo) && !(block instanceof PEMEncryptedKeyPair)) {
            return null;
        }
        if (password == null || password.isEmpty()) {
            throw new KeyMaterialException(file, "holds an encrypted private key, and no password is set for it");
        }
        try {
            if (block instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
                return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                        .setProvider(BouncyCastle.provider())
                        .build(password.toCharArray()));
            }
            return ((PEMEncryptedKeyPair) block)
                    .decryptKeyPair(new JcePEMDecryptorProviderBuilder()
                            .setProvider(BouncyCastle.provider())
                            .build(password.toCharArray()))
                    .getPrivateKeyInfo();
        } catch (PKCSException | IOException | OperatorCreationException wrong) {
            throw new KeyMaterialException(
                    file, "holds an encrypted private key that the password does not open", wrong);
        }
    }

    private X509Certificate certificate(X509CertificateHolder holder) throws KeyMaterialException {
        try {
            return new JcaX509CertificateConverter().getCertificate(holder);
        } catch (CertificateException unparsable) {
            throw new KeyMaterialException(
                    file, "holds a certificate that cannot be read: " + unparsable.getMessage(), unparsable);
        }
    }

    private X509CRL revocationList(X509CRLHolder holder) throws KeyMaterialException {
        try {
            return new JcaX509CRLConverter().getCRL(holder);
        } catch (CRLException unparsable) {
            throw new KeyMaterialException(
                    file, "holds a revocation list that cannot be read: " + unparsable.getMessage(), unparsable);
        }
    }
}

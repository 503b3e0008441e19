package io.countersign.limbo;

import io.countersign.testing.Certified;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Who shows a case's certificates, those that cannot be read, too. */
final class Owner {
    private static final int KEY = 6; // in the certificate's signed part, where its version is said (RFC 5280, 4.1)

    private Owner() {}

    static Certified of(Case it) throws IOException {
        PEMParser parser = new PEMParser(new StringReader(Objects.requireNonNull(it.key())));
        PrivateKey own = new JcaPEMKeyConverter().getPrivateKey(((PEMKeyPair) parser.readObject()).getPrivateKeyInfo());
        List<X509Certificate> chain = new ArrayList<>();
        PemReader blocks = new PemReader(new StringReader(it.shown()));
        for (PemObject block = blocks.readPemObject(); block != null; block = blocks.readPemObject()) {
            chain.add(certificate(block.getContent(), chain.isEmpty()));
        }
        return new Certified(new KeyPair(chain.get(0).getPublicKey(), own), List.copyOf(chain));
    }

    private static X509Certificate certificate(byte[] encoded, boolean isOwn) throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (CertificateException unreadable) {
            return new Unread(encoded, isOwn ? key(encoded) : new NoKey());
        }
    }

    private static PublicKey key(byte[] encoded) throws IOException {
        ASN1Sequence signed =
                ASN1Sequence.getInstance(ASN1Sequence.getInstance(encoded).getObjectAt(0));
        return new JcaPEMKeyConverter().getPublicKey(SubjectPublicKeyInfo.getInstance(signed.getObjectAt(KEY)));
    }

    /** Of an issuer, whose key its owner does not need. */
    private record NoKey() implements PublicKey {
        @Override
        public String getAlgorithm() {
            return "none";
        }

        @Override
        public String getFormat() {
            return "none";
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }
    }
}

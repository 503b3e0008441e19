package io.countersign.abuse;

import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.Principal;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A certificate that goes out as other bytes than its own. */
final class Encoded extends X509Certificate {
    private final transient X509Certificate own;
    private final byte[] bytes;

    Encoded(X509Certificate own, byte[] bytes) {
        this.own = own;
        this.bytes = bytes;
    }

    @Override
    public byte[] getEncoded() {
        return bytes.clone();
    }

    @Override
    public void verify(PublicKey key)
            throws CertificateException, NoSuchAlgorithmException, InvalidKeyException, NoSuchProviderException,
                    SignatureException {
        own.verify(key);
    }

    @Override
    public void verify(PublicKey key, String provider)
            throws CertificateException, NoSuchAlgorithmException, InvalidKeyException, NoSuchProviderException,
                    SignatureException {
        own.verify(key, provider);
    }

    @Override
    public String toString() {
        return own.toString();
    }

    @Override
    public PublicKey getPublicKey() {
        return own.getPublicKey();
    }

    @Override
    public void checkValidity() throws CertificateExpiredException, CertificateNotYetValidException {
        own.checkValidity();
    }

    @Override
    public void checkValidity(Date date) throws CertificateExpiredException, CertificateNotYetValidException {
        own.checkValidity(date);
    }

    @Override
    public int getVersion() {
        return own.getVersion();
    }

    @Override
    public BigInteger getSerialNumber() {
        return own.getSerialNumber();
    }

    @Override
    @SuppressWarnings("deprecation")
    public Principal getIssuerDN() {
        return own.getIssuerDN();
    }

    @Override
    @SuppressWarnings("deprecation")
    public Principal getSubjectDN() {
        return own.getSubjectDN();
    }

    @Override
    public Date getNotBefore() {
        return own.getNotBefore();
    }

    @Override
    public Date getNotAfter() {
        return own.getNotAfter();
    }

    @Override
    public byte[] getTBSCertificate() throws CertificateEncodingException {
        return own.getTBSCertificate();
    }

    @Override
    public byte[] getSignature() {
        return own.getSignature();
    }

    @Override
    public String getSigAlgName() {
        return own.getSigAlgName();
    }

    @Override
    public String getSigAlgOID() {
        return own.getSigAlgOID();
    }

    @Override
    public byte[] getSigAlgParams() {
        return own.getSigAlgParams();
    }

    @Override
    public boolean @Nullable [] getIssuerUniqueID() {
        return own.getIssuerUniqueID();
    }

    @Override
    public boolean @Nullable [] getSubjectUniqueID() {
        return own.getSubjectUniqueID();
    }

    @Override
    public boolean @Nullable [] getKeyUsage() {
        return own.getKeyUsage();
    }

    @Override
    public int getBasicConstraints() {
        return own.getBasicConstraints();
    }

    @Override
    public @Nullable Set<String> getCriticalExtensionOIDs() {
        return own.getCriticalExtensionOIDs();
    }

    @Override
    public @Nullable Set<String> getNonCriticalExtensionOIDs() {
        return own.getNonCriticalExtensionOIDs();
    }

    @Override
    public byte @Nullable [] getExtensionValue(String oid) {
        return own.getExtensionValue(oid);
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
        return own.hasUnsupportedCriticalExtension();
    }
}

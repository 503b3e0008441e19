package io.countersign.limbo;

import java.math.BigInteger;
import java.security.Principal;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;

/** A certificate to be sent as it is, which nobody here can or need read. */
final class Unread extends X509Certificate {
    private static final long serialVersionUID = 1L;

    private final byte[] encoded;
    private final transient PublicKey key;

    Unread(byte[] encoded, PublicKey key) {
        this.encoded = encoded.clone();
        this.key = key;
    }

    @Override
    public byte[] getEncoded() {
        return encoded.clone();
    }

    @Override
    public PublicKey getPublicKey() {
        return key;
    }

    @Override
    public String toString() {
        return encoded.length + " bytes";
    }

    private static UnsupportedOperationException unread() {
        return new UnsupportedOperationException("not read");
    }

    @Override
    public void checkValidity() {
        throw unread();
    }

    @Override
    public void checkValidity(Date date) {
        throw unread();
    }

    @Override
    public int getVersion() {
        throw unread();
    }

    @Override
    public BigInteger getSerialNumber() {
        throw unread();
    }

    @Override
    @Deprecated
    public Principal getIssuerDN() {
        throw unread();
    }

    @Override
    @Deprecated
    public Principal getSubjectDN() {
        throw unread();
    }

    @Override
    public Date getNotBefore() {
        throw unread();
    }

    @Override
    public Date getNotAfter() {
        throw unread();
    }

    @Override
    public byte[] getTBSCertificate() {
        throw unread();
    }

    @Override
    public byte[] getSignature() {
        throw unread();
    }

    @Override
    public String getSigAlgName() {
        throw unread();
    }

    @Override
    public String getSigAlgOID() {
        throw unread();
    }

    @Override
    public byte[] getSigAlgParams() {
        throw unread();
    }

    @Override
    public boolean[] getIssuerUniqueID() {
        throw unread();
    }

    @Override
    public boolean[] getSubjectUniqueID() {
        throw unread();
    }

    @Override
    public boolean[] getKeyUsage() {
        throw unread();
    }

    @Override
    public int getBasicConstraints() {
        throw unread();
    }

    @Override
    public void verify(PublicKey by) {
        throw unread();
    }

    @Override
    public void verify(PublicKey by, String provider) {
        throw unread();
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
        throw unread();
    }

    @Override
    public Set<String> getCriticalExtensionOIDs() {
        throw unread();
    }

    @Override
    public Set<String> getNonCriticalExtensionOIDs() {
        throw unread();
    }

    @Override
    public byte[] getExtensionValue(String oid) {
        throw unread();
    }
}

package io.countersign.proxy;

import java.io.ByteArrayInputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The certificates of a handshake that a proxy has had with the caller (RFC 9440): {@code Client-Cert}, the caller's own, and
 * {@code Client-Cert-Chain}. Says nothing of whether they are genuine, or the proxy is. Fails closed: what could be read in
 * two ways is refused.
 */
public final class ClientCertHeader {
    public static final String CERTIFICATE = "Client-Cert";
    public static final String CHAIN = "Client-Cert-Chain";

    private static final int MOST_CERTIFICATES = 10;
    private static final int MOST_CHARACTERS = 65_536;

    private ClientCertHeader() {}

    /**
     * @param certificate all lines of {@value #CERTIFICATE}
     * @param chain all lines of {@value #CHAIN}
     * @return the caller's own first; empty where it has shown none
     * @throws UnclearCallerException where they cannot be read
     */
    public static List<X509Certificate> read(List<String> certificate, List<String> chain)
            throws UnclearCallerException {
        if (certificate.isEmpty() && !chain.isEmpty()) {
            throw new UnclearCallerException(CHAIN + " comes without " + CERTIFICATE);
        }
        if (certificate.size() > 1) {
            throw new UnclearCallerException(CERTIFICATE + " comes " + certificate.size() + " times; accepted: once");
        }
        List<String> lines = new ArrayList<>(certificate);
        lines.addAll(chain);
        if (lines.stream().mapToInt(String::length).sum() > MOST_CHARACTERS) {
            throw new UnclearCallerException(
                    CERTIFICATE + " and " + CHAIN + " have more than " + MOST_CHARACTERS + " characters");
        }
        List<X509Certificate> read = new ArrayList<>();
        for (byte[] one : certificate.isEmpty() ? List.<byte[]>of() : members(CERTIFICATE, certificate)) {
            read.add(certificate(CERTIFICATE, one));
        }
        if (read.size() > 1) {
            throw new UnclearCallerException(CERTIFICATE + " has " + read.size() + " certificates; accepted: one, and "
                    + CHAIN + " for the others");
        }
        for (byte[] one : chain.isEmpty() ? List.<byte[]>of() : members(CHAIN, chain)) {
            read.add(certificate(CHAIN, one));
        }
        if (read.size() > MOST_CERTIFICATES) {
            throw new UnclearCallerException(CERTIFICATE + " and " + CHAIN + " have " + read.size()
                    + " certificates; accepted: at most " + MOST_CERTIFICATES);
        }
        return List.copyOf(read);
    }

    private static List<byte[]> members(String header, List<String> lines) throws UnclearCallerException {
        List<byte[]> members = new ByteSequences(header, String.join(",", lines)).read();
        if (members.isEmpty()) {
            throw new UnclearCallerException(header + " is empty");
        }
        return members;
    }

    private static X509Certificate certificate(String header, byte[] der) throws UnclearCallerException {
        try {
            Certificate read =
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            // Java also reads PEM here, and passes over what follows.
            if (read instanceof X509Certificate certificate && Arrays.equals(certificate.getEncoded(), der)) {
                return certificate;
            }
        } catch (CertificateException | RuntimeException unreadable) {
            throw new UnclearCallerException(
                    header + " has something that is no certificate: " + unreadable.getMessage());
        }
        throw new UnclearCallerException(header + " has something else than one certificate in DER between its colons");
    }
}

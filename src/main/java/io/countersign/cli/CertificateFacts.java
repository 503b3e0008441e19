package io.countersign.cli;

import io.countersign.address.Addresses;
import io.countersign.text.OneLine;
import io.countersign.tls.Certificates;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** What a certificate says, for people and for programs. */
final class CertificateFacts {
    private static final int IP = 7;
    private static final Map<Integer, String> KINDS = Map.of(1, "email:", 2, "dns:", 6, "uri:", IP, "ip:");
    private static final Map<String, String> PURPOSES = Map.of(
            Certificates.CLIENT_AUTH,
            "TLS client",
            Certificates.SERVER_AUTH,
            "TLS server",
            "1.3.6.1.5.5.7.3.3",
            "code signing",
            "1.3.6.1.5.5.7.3.4",
            "e-mail protection",
            "1.3.6.1.5.5.7.3.8",
            "time stamping",
            "1.3.6.1.5.5.7.3.9",
            "OCSP signing",
            "2.5.29.37.0",
            "any purpose");

    private CertificateFacts() {}

    /** Enough to recognise it by. */
    static JsonObject brief(X509Certificate certificate, Instant now) {
        JsonObject facts = new JsonObject();
        facts.put(
                "subject",
                OneLine.printable(certificate.getSubjectX500Principal().getName()));
        facts.put(
                "issuer", OneLine.printable(certificate.getIssuerX500Principal().getName()));
        facts.put("fingerprint", Certificates.fingerprint(certificate));
        facts.put("validFrom", certificate.getNotBefore().toInstant().toString());
        facts.put("validUntil", certificate.getNotAfter().toInstant().toString());
        facts.put("daysLeft", daysLeft(certificate.getNotAfter().toInstant(), now));
        return facts;
    }

    static JsonObject all(X509Certificate certificate, Instant now) {
        JsonObject brief = brief(certificate, now);
        JsonObject facts = new JsonObject();
        facts.put("subject", brief.remove("subject"));
        facts.put("names", new JsonArray(names(certificate)));
        facts.put("issuer", brief.remove("issuer"));
        facts.put("authority", Certificates.isAuthority(certificate));
        facts.put("purposes", purposes(certificate));
        facts.put("key", key(certificate.getPublicKey()));
        facts.put("signature", certificate.getSigAlgName());
        facts.putAll(brief);
        facts.put("keyPin", keyPin(certificate.getPublicKey()));
        return facts;
    }

    /** Whole days; negative where it is over. */
    static long daysLeft(Instant end, Instant now) {
        return Math.floorDiv(
                Duration.between(now, end).toSeconds(), Duration.ofDays(1).toSeconds());
    }

    /** SHA-256 of the SubjectPublicKeyInfo, as {@code pin-sha256} has it (RFC 7469, 2.4). */
    static String keyPin(PublicKey key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
                names.add(name((Integer) name.get(0), name.get(1)));
            }
        } catch (CertificateParsingException unreadable) {
            names.add("unreadable: " + unreadable.getMessage());
        }
        return names;
    }

    private static String name(int kind, Object value) {
        if (!(value instanceof String text)) {
            return "of another kind";
        }
        return KINDS.getOrDefault(kind, "other:")
                + (kind == IP ? Addresses.format(Addresses.parse(text)) : OneLine.printable(text));
    }

    private static String purposes(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes == null
                    ? "any (none is listed)"
                    : String.join(
                            ", ",
                            purposes.stream()
                                    .map(purpose -> PURPOSES.getOrDefault(purpose, purpose))
                                    .toList());
        } catch (CertificateParsingException unreadable) {
            return "unreadable: " + unreadable.getMessage();
        }
    }

    private static String key(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return "RSA, " + rsa.getModulus().bitLength() + " bits";
        }
        if (key instanceof ECPublicKey ec) {
            return "EC, " + ec.getParams().getCurve().getField().getFieldSize() + " bits ("
                    + curve(String.valueOf(ec.getParams())) + ")";
        }
        return key instanceof EdECPublicKey ed ? ed.getParams().getName() : key.getAlgorithm();
    }

    /** The JDK's text begins with the curve's name. */
    private static String curve(String parameters) {
        int end = parameters.indexOf(' ');
        return end < 0 ? parameters : parameters.substring(0, end);
    }
}

package io.countersign.operations;

import io.countersign.tls.Certificates;
import io.countersign.tls.Dated;
import io.countersign.tls.PublicAuthorities;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** Names certificates that are shown by a client and come from an authority that gives out none for clients any more. */
final class NotRenewable {
    private NotRenewable() {}

    /** What an operator is told of it; nothing where it is no client's certificate, or from an authority of one's own. */
    static Optional<String> advice(Dated dated) {
        X509Certificate certificate = dated.certificate();
        if (certificate == null || !isShownByClient(dated) || !PublicAuthorities.issued(certificate)) {
            return Optional.empty();
        }
        String instead = dated.kind() == Dated.Kind.PARTNER_PIN
                ? "before it ends, have the partner get one from a private authority or make a self-signed one, and pin that"
                : "before it ends, get one from a private authority or make a self-signed one, and have partners accept that";
        return Optional.of(dated.whose() + " (" + (dated.file().isEmpty() ? "" : dated.file() + ", ")
                + "SHA-256 fingerprint " + dated.fingerprint() + ") comes from an authority of the public web and "
                + (isForClients(certificate)
                        ? "could not be renewed for clients: those no longer give out clientAuth; "
                        : "is not for clients already, its purposes lack clientAuth; ")
                + instead);
    }

    private static boolean isShownByClient(Dated dated) {
        return switch (dated.kind()) {
            case OWN_CERTIFICATE, PARTNER_IDENTITY, PARTNER_PIN -> true;
            case OWN_CHAIN, PARTNER_AUTHORITY, PARTNER_SERVER, SHARED_AUTHORITY, REVOCATION_LIST -> false;
        };
    }

    private static boolean isForClients(X509Certificate certificate) {
        try {
            return Certificates.allowsClientAuthentication(certificate);
        } catch (CertificateException unreadable) {
            return false;
        }
    }
}

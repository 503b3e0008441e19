package io.countersign.send;

import java.util.Locale;

/** Why a file was not accepted; the stable word for it in logs and {@code .problem.json} files. */
public enum FailureCode {
    SERVER_CERTIFICATE_UNTRUSTED("The partner's server shows a certificate that is not trusted", true),
    SERVER_CERTIFICATE_EXPIRED("The certificate of the partner's server is not valid now", true),
    SERVER_CERTIFICATE_REVOKED("The certificate of the partner's server has been revoked", true),
    SERVER_HOST_MISMATCH("The certificate of the partner's server does not name the host that was called", true),
    SERVER_ADDRESS_MISMATCH("The partner's server is not in the networks that its file says", true),
    CLIENT_CERTIFICATE_REFUSED("The partner's server turned our certificate away", true),
    TLS_FAILED("No TLS connection with the partner's server is possible", true),
    REFUSED("The partner refused the file", true),
    REDIRECTED("The partner's server says that it is elsewhere", true),
    RECEIPT_MISMATCH("The partner's receipt is not for what was sent", true),
    RECEIPT_UNTRUSTED("The partner's receipt is not signed by the partner", true),
    REVOCATION_UNKNOWN("Whether the partner's certificate is revoked cannot be found out now", false),
    UNREACHABLE("The partner's server cannot be reached", false),
    TIMEOUT("The partner's server stopped answering", false),
    CONNECTION_BROKEN("The connection to the partner's server broke", false),
    UNAVAILABLE("The partner's server cannot take the file now", false),
    FILE_CHANGED("The file changed while it was being sent", false),
    LOCAL("Something on this side is in the way", false);

    private final String title;
    private final boolean permanent;

    FailureCode(String title, boolean permanent) {
        this.title = title;
        this.permanent = permanent;
    }

    /** The word: {@code server-host-mismatch}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String title() {
        return title;
    }

    /** Whether the same would happen again, so that somebody must do something first. */
    public boolean permanent() {
        return permanent;
    }
}

package io.countersign.refusal;

import java.util.Locale;

/** The stable names of refusals ({@code urn:countersign:problem:CODE}), each with its status and title (RFC 9457). */
public enum Code {
    DIGEST_MISMATCH(400, "The payload does not have the announced digest"),
    NAME_INVALID(400, "The name cannot be used for a file"),
    REQUEST_INVALID(400, "The request cannot be understood"),
    CERTIFICATE_MISSING(403, "A client certificate is required"),
    CERTIFICATE_UNKNOWN(403, "The client certificate identifies no partner"),
    CERTIFICATE_EXPIRED(403, "The client certificate is not valid at this time"),
    CERTIFICATE_REVOKED(403, "The client certificate has been revoked"),
    ADDRESS_NOT_ALLOWED(403, "This partner may not call from this address"),
    PARTNER_DISABLED(403, "This partner is switched off"),
    NOT_FOUND(404, "There is nothing here"),
    METHOD_NOT_ALLOWED(405, "This method is not served here"),
    IN_PROGRESS(409, "A transfer with this key is still running"),
    TOO_LARGE(413, "The payload is too large"),
    ENCODING_UNSUPPORTED(415, "Payloads are taken as they are, without a content encoding"),
    KEY_REUSED(422, "This key was used for another payload"),
    RATE_LIMITED(429, "Too many requests"),
    UNAVAILABLE(503, "The payload cannot be taken at the moment"),
    STORAGE_FULL(507, "There is no room for the payload at the moment");

    private final int status;
    private final String title;

    Code(int status, String title) {
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** Whether the same request may succeed later, so that the answer says when to come back. */
    public boolean isTransient() {
        return this == RATE_LIMITED || this == UNAVAILABLE || this == STORAGE_FULL;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package io.countersign.listener;

import java.util.Arrays;
import java.util.Optional;

/** An alert (RFC 8446, 6.2) by which a client ends a handshake, and what it says of us. */
enum ClientAlert {
    CLOSE_NOTIFY(0, "it has given up, and does not say why"),
    HANDSHAKE_FAILURE(40, "it found nothing that both sides speak"),
    BAD_CERTIFICATE(42, "it does not accept our certificate"),
    UNSUPPORTED_CERTIFICATE(43, "our certificate is of a kind, or for a purpose, that it does not accept"),
    CERTIFICATE_REVOKED(44, "for it our certificate is revoked"),
    CERTIFICATE_EXPIRED(45, "for it our certificate is not valid now: its clock may be wrong, or ours"),
    CERTIFICATE_UNKNOWN(46, "it does not accept our certificate"),
    UNKNOWN_CA(48, "it does not trust the authority that issued our certificate"),
    ACCESS_DENIED(49, "it accepts our certificate, but does not want to talk to us"),
    DECRYPT_ERROR(51, "it could not verify a signature of ours: our key may not fit our certificate"),
    PROTOCOL_VERSION(70, "it does not speak the version that we chose"),
    INSUFFICIENT_SECURITY(71, "what we offer is too weak for it"),
    INTERNAL_ERROR(80, "something in it failed"),
    USER_CANCELED(90, "somebody there has cancelled it"),
    UNRECOGNIZED_NAME(112, "it wanted a server of another name"),
    BAD_CERTIFICATE_STATUS_RESPONSE(113, "it does not accept what we say about our own revocation"),
    NO_APPLICATION_PROTOCOL(120, "it wants another protocol than HTTP/1.1");

    private final int number;
    private final String meaning;

    ClientAlert(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    String meaning() {
        return meaning;
    }

    static Optional<ClientAlert> of(int number) {
        return Arrays.stream(values()).filter(each -> each.number == number).findFirst();
    }

    /** By the name that JSSE writes. */
    static Optional<ClientAlert> of(String name) {
        return Arrays.stream(values())
                .filter(each -> each.name().equalsIgnoreCase(name))
                .findFirst();
    }
}

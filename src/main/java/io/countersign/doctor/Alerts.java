package io.countersign.doctor;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** TLS's alerts (RFC 8446, 6.2; RFC 5246, 7.2.2) in plain words: what a server means by them. */
final class Alerts {
    private static final Pattern RECEIVED = Pattern.compile("[Rr]eceived fatal alert: ([a-z_]+)");
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(10, "unexpected_message"),
            Map.entry(40, "handshake_failure"),
            Map.entry(42, "bad_certificate"),
            Map.entry(47, "illegal_parameter"),
            Map.entry(50, "decode_error"),
            Map.entry(70, "protocol_version"),
            Map.entry(71, "insufficient_security"),
            Map.entry(80, "internal_error"),
            Map.entry(86, "inappropriate_fallback"),
            Map.entry(109, "missing_extension"),
            Map.entry(112, "unrecognized_name"));
    private static final String LOG = "the partner looks into its server's log at this moment";

    private Alerts() {}

    static String name(int description) {
        return NAMES.getOrDefault(description, "number " + description);
    }

    /** The one that JSSE tells of. */
    static Optional<String> received(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            Matcher alert = RECEIVED.matcher(String.valueOf(cause.getMessage()));
            if (alert.find()) {
                return Optional.of(alert.group(1));
            }
        }
        return Optional.empty();
    }

    /** What a server says by it of the certificate that we have shown. */
    static Cause ofOurs(String alert, String fingerprint) {
        String ours = "our certificate (SHA-256 " + fingerprint + ")";
        return switch (alert) {
            case "unknown_ca" ->
                new Cause(
                        "the server does not know the authority that issued our certificate, or lacks an intermediate one"
                                + " between them",
                        "the partner adds our authority to those that its server trusts, or pins " + ours
                                + "; we send it our authority's certificate by another way");
            case "certificate_expired" ->
                new Cause(
                        "the server holds our certificate for expired or not yet valid",
                        "compare its dates with both clocks: we renew it where it has ended, else the partner sets its"
                                + " clock, or renews the authority or revocation list that has ended there");
            case "certificate_revoked" ->
                new Cause(
                        "the server holds our certificate for revoked",
                        "we ask the authority that issued it why, and get a new one; the partner pins that where it pins");
            case "bad_certificate" ->
                new Cause(
                        "the server cannot use our certificate: it is broken or weak to it, its signature does not fit, or"
                                + " it got none that it would take",
                        LOG + ", and tells what it expects; compare " + ours + " with what it has on file");
            case "unsupported_certificate" ->
                new Cause(
                        "the server does not take a certificate of this kind: for another purpose than TLS clients, or with"
                                + " a kind of key that it does not support",
                        "we get one with the purpose clientAuth and an RSA or P-256 key, or the partner allows this one");
            case "certificate_unknown" ->
                new Cause(
                        "the server does not accept our certificate, and says no more",
                        "the partner registers " + ours + ", or says which one it expects; " + LOG);
            case "access_denied" ->
                new Cause(
                        "the server finds our certificate genuine, and does not let its owner in",
                        "the partner gives the owner of " + ours + " access");
            case "decrypt_error" ->
                new Cause(
                        "the server could not verify what we signed with our key, as if key and certificate did not belong"
                                + " together",
                        "we look with 'countersign doctor' whether they do; " + LOG);
            case "certificate_required", "no_certificate" ->
                new Cause(
                        "the server did not get a certificate, or none that it takes",
                        "compare the authorities and kinds of key that it asks for with ours; the partner adds our"
                                + " authority to them");
            case "handshake_failure" ->
                new Cause(
                        "the server ended the handshake once it had our certificate, or had none that fits what it asks for",
                        LOG + "; it says there what it missed");
            case "bad_certificate_status_response", "internal_error", "user_canceled" ->
                new Cause("the server ended the handshake for a trouble of its own (" + alert + ")", LOG);
            default -> new Cause("the server ended the handshake with the alert " + alert, LOG);
        };
    }
}

package io.countersign.doctor;

import io.countersign.tls.Certificates;
import io.countersign.tls.ServerCertificateException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the server accepts our certificate, under one version of TLS. */
final class Acceptance {
    private final Call call;
    private final Look look;
    private final @Nullable Cause unlisted;

    /** @param unlisted what was found before of what the server asks for and we have */
    Acceptance(Call call, Look look, @Nullable Cause unlisted) {
        this.call = call;
        this.look = look;
        this.unlisted = unlisted;
    }

    /** @param matters whether calls use this version; else a refusal is a warning */
    Finding judge(Request.Result result, boolean matters) {
        String step = "our certificate, " + look.version();
        IOException failure = result.failure();
        if (failure == null
                || (failure instanceof SocketTimeoutException
                        && !result.version().isEmpty())) {
            return Finding.ok(step, look.request() == null ? "the handshake holds; it did not ask for it" : "accepted");
        }
        Cause cause = cause(failure);
        String seen = Alerts.received(failure)
                .map(alert -> "refused, with the alert " + alert)
                .orElse("the connection ended");
        return matters
                ? Finding.failed(step, seen, cause)
                : Finding.warning(
                        step,
                        seen,
                        new Cause(
                                cause.wrong() + "; calls use TLS 1.3, under which it may do otherwise",
                                cause.remedy()));
    }

    private Cause cause(IOException failure) {
        String fingerprint =
                Certificates.fingerprint(call.terms().tls().identity().certificate());
        Optional<String> alert = Alerts.received(failure);
        if (alert.isPresent()) {
            Cause meaning = Alerts.ofOurs(alert.get(), fingerprint);
            return unlisted == null ? meaning : new Cause(meaning.wrong() + "; " + unlisted.wrong(), unlisted.remedy());
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ServerCertificateException refused) {
                return new Cause(
                        "the server shows something else than before: " + refused.getMessage(),
                        "try again; perhaps there are several servers behind this address, of which one is set up"
                                + " otherwise");
            }
        }
        if (look.request() == null) {
            return new Cause(
                    "the server ended the connection after the handshake, without an answer: " + failure.getMessage(),
                    "the partner looks into its server's log at this moment");
        }
        return new Cause(
                "the server ended the connection, without an alert or answer, once it had our certificate (SHA-256 "
                        + fingerprint + "): " + failure.getMessage()
                        + (unlisted == null ? "" : "; " + unlisted.wrong()),
                unlisted == null
                        ? "the partner looks into its server's log at this moment, and whether it knows this certificate"
                        : unlisted.remedy());
    }
}

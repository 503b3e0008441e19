package io.countersign.send;

import io.countersign.client.SendingFile;
import io.countersign.client.ServerAddressException;
import io.countersign.settings.Problems;
import io.countersign.tls.ServerCertificateException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/** What a call that ended without an answer means, in plain words; JSSE and sockets say it in theirs. */
final class BrokenCall {
    private static final Pattern ALERT = Pattern.compile("[Rr]eceived fatal alert: ([a-z_]+)");
    /** RFC 8446, 6.2: what a server says of a client's certificate. */
    private static final Set<String> ABOUT_CERTIFICATE = Set.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "certificate_required",
            "unknown_ca",
            "access_denied",
            "no_certificate");
    /** Of the server's own trouble, not of what we sent; another time it may be gone. */
    private static final Set<String> PASSING = Set.of("internal_error", "user_canceled", "close_notify");

    private static final List<Class<? extends Exception>> BROKEN = List.of(
            SocketException.class,
            SSLException.class,
            EOFException.class,
            HttpException.class,
            MessageConstraintException.class,
            NoHttpResponseException.class,
            ConnectionClosedException.class);

    private BrokenCall() {}

    /** @param url for messages */
    static Failed of(Throwable thrown, String url) {
        if (thrown instanceof Failed failed) {
            return failed;
        }
        return first(thrown, SendingFile.ChangedException.class)
                .map(changed -> failed(FailureCode.FILE_CHANGED, changed.getMessage(), thrown))
                .or(() -> first(thrown, ServerCertificateException.class).map(BrokenCall::untrusted))
                .or(() -> first(thrown, ServerAddressException.class).map(BrokenCall::elsewhere))
                .or(() -> first(thrown, SSLException.class).flatMap(tls -> tls(tls, url)))
                .or(() -> network(thrown, url))
                .orElseGet(() -> failed(FailureCode.LOCAL, Problems.reason(thrown), thrown));
    }

    private static Failed elsewhere(ServerAddressException why) {
        return failed(
                why.isUndetermined() ? FailureCode.UNREACHABLE : FailureCode.SERVER_ADDRESS_MISMATCH,
                why.getMessage(),
                why);
    }

    private static Failed untrusted(ServerCertificateException why) {
        FailureCode code = switch (why.fault()) {
            case UNTRUSTED -> FailureCode.SERVER_CERTIFICATE_UNTRUSTED;
            case EXPIRED -> FailureCode.SERVER_CERTIFICATE_EXPIRED;
            case OTHER_HOST -> FailureCode.SERVER_HOST_MISMATCH;
            case REVOKED -> FailureCode.SERVER_CERTIFICATE_REVOKED;
            case REVOCATION_UNKNOWN -> FailureCode.REVOCATION_UNKNOWN;
        };
        return failed(code, why.getMessage(), why);
    }

    /** Empty where it is the network's fault and not that of TLS. */
    private static Optional<Failed> tls(SSLException thrown, String url) {
        String text = String.valueOf(thrown.getMessage());
        Matcher alert = ALERT.matcher(text);
        if (alert.find()) {
            return Optional.of(alert(alert.group(1), url, thrown));
        }
        if (thrown.getCause() instanceof IOException) {
            return Optional.empty();
        }
        if (text.contains("protocol version") || text.contains("appropriate protocol")) {
            return Optional.of(failed(
                    FailureCode.TLS_FAILED,
                    url + " does not speak TLS 1.2 or 1.3, and nothing older is spoken here: " + text,
                    thrown));
        }
        if (text.contains("unrecognized SSL message")) {
            return Optional.of(failed(FailureCode.TLS_FAILED, url + " answers, but not with TLS", thrown));
        }
        return thrown instanceof SSLHandshakeException
                ? Optional.of(failed(FailureCode.TLS_FAILED, "the handshake with " + url + " failed: " + text, thrown))
                : Optional.of(
                        failed(FailureCode.CONNECTION_BROKEN, "the connection to " + url + " broke: " + text, thrown));
    }

    private static Failed alert(String alert, String url, SSLException thrown) {
        if (ABOUT_CERTIFICATE.contains(alert)) {
            String meaning = switch (alert) {
                case "unknown_ca" -> "it does not know the authority that issued it";
                case "certificate_expired" -> "it holds it for expired";
                case "certificate_revoked" -> "it holds it for revoked";
                case "certificate_required" -> "it did not get one";
                default -> "the partner must accept it, or tell which one it expects";
            };
            return failed(
                    FailureCode.CLIENT_CERTIFICATE_REFUSED,
                    url + " turned our certificate away (alert " + alert + "): " + meaning,
                    thrown);
        }
        if (PASSING.contains(alert)) {
            return failed(FailureCode.CONNECTION_BROKEN, url + " ended the connection (alert " + alert + ")", thrown);
        }
        String meaning = switch (alert) {
            case "protocol_version" -> "it does not speak TLS 1.2 or 1.3, and nothing older is spoken here";
            case "handshake_failure" ->
                "it has no version or cipher suite in common with us (AEAD with forward secrecy only), or wants another"
                        + " certificate than ours";
            case "unrecognized_name" -> "it serves no host of that name";
            default -> "it gives no other reason";
        };
        return failed(FailureCode.TLS_FAILED, url + " refused the handshake (alert " + alert + "): " + meaning, thrown);
    }

    private static Optional<Failed> network(Throwable thrown, String url) {
        if (first(thrown, FileSystemException.class).isPresent()) {
            return Optional.empty();
        }
        if (first(thrown, UnknownHostException.class).isPresent()) {
            return Optional.of(failed(FailureCode.UNREACHABLE, "the host of " + url + " is not known", thrown));
        }
        Optional<SocketTimeoutException> timeout = first(thrown, SocketTimeoutException.class);
        if (timeout.isPresent()) {
            String what = timeout.get().getMessage();
            return Optional.of(failed(FailureCode.TIMEOUT, url + " did not answer in time: " + what, thrown));
        }
        String reason = Problems.reason(thrown);
        if (first(thrown, ConnectException.class).isPresent()
                || first(thrown, NoRouteToHostException.class).isPresent()) {
            return Optional.of(failed(FailureCode.UNREACHABLE, url + " cannot be connected to: " + reason, thrown));
        }
        return BROKEN.stream().anyMatch(kind -> first(thrown, kind).isPresent())
                ? Optional.of(failed(
                        FailureCode.CONNECTION_BROKEN,
                        "the connection to " + url + " ended before an answer: " + reason,
                        thrown))
                : Optional.empty();
    }

    private static Failed failed(FailureCode code, @Nullable String detail, Throwable cause) {
        return new Failed(code, String.valueOf(detail), cause);
    }

    private static <T extends Throwable> Optional<T> first(Throwable thrown, Class<T> kind) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return Optional.of(kind.cast(cause));
            }
        }
        return Optional.empty();
    }
}

package io.countersign.doctor;

import io.countersign.tls.Certificates;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/** What the server's answer to a {@code GET} means for who wants to send files there. */
final class AnswerCheck {
    private static final String STEP = "answer";
    private static final String PROBLEM = "urn:countersign:problem:";
    private static final Duration CLOCKS = Duration.ofSeconds(60);
    private static final int MOST_TOLD = 300;
    private static final int MOST_JSON = 16 * 1024;

    private final Call call;
    private final Patience patience;

    AnswerCheck(Call call, Patience patience) {
        this.call = call;
        this.patience = patience;
    }

    Finding judge(Request.Result result) {
        HttpAnswer answer = result.answer();
        return answer == null
                ? none(result.failure())
                : status(answer, result.version().replace("TLSv", "TLS "));
    }

    private Finding none(@Nullable IOException failure) {
        if (failure instanceof HttpAnswer.NotHttpException) {
            return Finding.failed(
                    STEP,
                    "no HTTP",
                    new Cause(
                            "the server speaks TLS, and then answers with something that is not HTTP: '"
                                    + failure.getMessage() + "'",
                            "compare host and port of the url with what the partner says; the service there is another"
                                    + " one"));
        }
        if (failure instanceof SocketTimeoutException) {
            return Finding.failed(
                    STEP,
                    "none within " + Patience.seconds(patience.answer()),
                    new Cause(
                            "the server takes the request and says nothing",
                            "the partner looks whether its service hangs, or waits for another behind it"));
        }
        return Finding.failed(
                STEP,
                "none",
                new Cause(
                        failure instanceof EOFException
                                ? "the server ended the connection instead of answering"
                                : "the connection broke before an answer: "
                                        + (failure == null ? "" : failure.getMessage()),
                        "the partner looks into its server's log at this moment"));
    }

    private Finding status(HttpAnswer answer, String version) {
        int status = answer.status();
        String seen = status + " to GET " + call.path() + ", over " + version;
        List<String> details = new ArrayList<>();
        JsonObject said = json(answer);
        Cause problem = said == null ? null : problem(said, details);
        if (status >= 200 && status < 300) {
            whoWeAre(said, details);
            return Finding.ok(STEP, seen).with(details);
        }
        if (problem != null && status != 405) {
            return Finding.failed(STEP, seen, problem).with(details);
        }
        return (switch (status) {
                    case 405 ->
                        Finding.ok(
                                STEP,
                                seen + ": it takes no GET, which is usual where files are only taken (Allow: "
                                        + answer.header("Allow") + ")");
                    case 401, 407 ->
                        Finding.failed(
                                STEP,
                                seen,
                                new Cause(
                                        "the server wants another login besides the certificate ("
                                                + answer.header("WWW-Authenticate") + ")",
                                        "the partner lets our certificate be enough for this path, or says how it is meant"));
                    case 403 ->
                        Finding.failed(
                                STEP,
                                seen,
                                new Cause(
                                        "the server has accepted our certificate in the handshake, and does not let us in",
                                        "the partner gives the owner of our certificate (SHA-256 "
                                                + Certificates.fingerprint(call.terms()
                                                        .tls()
                                                        .identity()
                                                        .certificate())
                                                + ") access to " + call.path()));
                    case 404, 410 ->
                        Finding.warning(
                                STEP,
                                seen,
                                new Cause(
                                        "the server has nothing to show at " + call.path()
                                                + "; it may take files there all the same",
                                        "compare the path of the url with what the partner says"));
                    case 429, 503 ->
                        Finding.failed(
                                STEP,
                                seen,
                                new Cause(
                                        "the server is not available now"
                                                + (answer.header("Retry-After").isEmpty()
                                                        ? ""
                                                        : ", and says when it may be: Retry-After "
                                                                + answer.header("Retry-After")),
                                        "try again later; the partner looks whether its service runs"));
                    default -> others(answer, seen);
                })
                .with(details);
    }

    private Finding others(HttpAnswer answer, String seen) {
        int status = answer.status();
        if (status < 400) {
            return Finding.failed(
                    STEP,
                    seen,
                    new Cause(
                            "the server redirects to '" + answer.header("Location")
                                    + "'; no redirect is followed when files are sent",
                            "if that is the partner's, we write it into the url of its file"));
        }
        return status >= 500
                ? Finding.failed(
                        STEP,
                        seen,
                        new Cause(
                                "the server has trouble of its own (" + status + ")",
                                "the partner looks into its server's log at this moment"))
                : Finding.warning(
                        STEP,
                        seen,
                        new Cause(
                                "the server does not like this GET; it may take files all the same",
                                "send a first file, and see"));
    }

    /** Nothing where it is no object, or longer than any that explains something. */
    private static @Nullable JsonObject json(HttpAnswer answer) {
        if (answer.body().length() > MOST_JSON
                || !answer.header("Content-Type").matches("(?i)application/([a-z.-]+\\+)?json\\b.*")) {
            return null;
        }
        try {
            return Jsoner.deserialize(answer.body()) instanceof JsonObject object ? object : null;
        } catch (DeserializationException broken) {
            return null;
        }
    }

    /** RFC 9457. */
    private static @Nullable Cause problem(JsonObject said, List<String> details) {
        String type = text(said, "type");
        if (type.isEmpty() && text(said, "title").isEmpty()) {
            return null;
        }
        boolean ours = type.startsWith(PROBLEM);
        String code = ours ? type.substring(PROBLEM.length()) : type;
        for (String name : List.of("title", "detail", "instance")) {
            if (!text(said, name).isEmpty()) {
                details.add(name + ": " + text(said, name));
            }
        }
        String remedy = switch (ours ? code : "") {
            case "certificate-unknown" ->
                "the partner registers our certificate ('countersign partners approve' there takes the fingerprint)";
            case "address-not-allowed" ->
                "the partner adds the address from which we call to the addresses of our file there";
            case "partner-disabled" -> "the partner enables us there ('countersign partners enable')";
            case "certificate-expired", "certificate-revoked" ->
                "we get a new certificate, and the partner registers it";
            case "not-found" -> "compare the path of the url with what the partner says";
            default -> "the partner finds out why";
        };
        return new Cause(
                "the server refuses us: " + code
                        + (text(said, "title").isEmpty() ? "" : " (" + text(said, "title") + ")"),
                remedy
                        + (text(said, "instance").isEmpty()
                                ? ""
                                : "; in its log it finds this under " + text(said, "instance")));
    }

    private static void whoWeAre(@Nullable JsonObject said, List<String> details) {
        if (said != null
                && !text(said, "partner").isEmpty()
                && !text(said, "address").isEmpty()) {
            details.add("a Countersign, which knows us as partner " + text(said, "partner") + ", calling from "
                    + text(said, "address") + ", by the certificate " + text(said, "certificate"));
        }
    }

    private static String text(JsonObject said, String name) {
        String text = said.get(name) instanceof String string ? string : "";
        return text.length() > MOST_TOLD ? text.substring(0, MOST_TOLD) + "…" : text;
    }

    /** Nothing where the clocks are near each other, or the server does not say. */
    Optional<Finding> clock(@Nullable HttpAnswer answer, Instant now) {
        if (answer == null || answer.header("Date").isEmpty()) {
            return Optional.empty();
        }
        try {
            Instant theirs = ZonedDateTime.parse(answer.header("Date"), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration apart = Duration.between(now, theirs);
            if (apart.abs().compareTo(CLOCKS) <= 0) {
                return Optional.empty();
            }
            return Optional.of(Finding.warning(
                    "clock",
                    "here it is " + now.truncatedTo(ChronoUnit.SECONDS) + ", there " + theirs,
                    new Cause(
                            "the server's clock is " + (apart.isNegative() ? "behind" : "ahead of") + " ours by "
                                    + apart.abs().toSeconds()
                                    + " s; certificates may count for one side and not for the other",
                            "whoever's clock is wrong sets it: compare both with a time server")));
        } catch (DateTimeParseException notOne) {
            return Optional.empty();
        }
    }
}

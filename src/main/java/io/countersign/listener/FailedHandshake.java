package io.countersign.listener;

import io.countersign.text.OneLine;
import io.countersign.tls.Certificates;
import io.countersign.tls.ClientHello;
import io.countersign.tls.Handshakes.Handshake;
import io.countersign.tls.ListenerTls;
import java.io.EOFException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;

/** Why a handshake has failed, in plain words for the operator; JSSE's own follow in brackets, for whoever looks them up. */
record FailedHandshake(Throwable failure, Handshake handshake, Optional<ClientAlert> unencrypted, ListenerTls tls) {
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");
    private static final int MOST_NAMED = 6;

    String reason() {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return String.valueOf(cause.getMessage());
            }
        }
        Throwable why = innermost(failure);
        if (why instanceof TimeoutException) { // its message counts milliseconds, and would be another each time
            return "the caller has not gone on with it";
        }
        String said = String.valueOf(why.getMessage());
        String words = words(why, said);
        return words.equals(said) || why.getMessage() == null || words.contains("(alert ")
                ? words
                : words + " (" + OneLine.printable(said) + ")";
    }

    private String words(Throwable why, String said) {
        ClientHello offer = handshake.offer();
        Matcher alert = ALERT.matcher(said);
        if (alert.find()) {
            return endedBy(ClientAlert.of(alert.group(1)), alert.group(1));
        }
        if (unencrypted.isPresent()) {
            return endedBy(unencrypted, "");
        }
        if (said.contains("Empty client certificate chain")) {
            return "the caller has shown no certificate, and this listener demands one";
        }
        if (offer != null && offer.offersNoneOf(ListenerTls.PROTOCOLS)) {
            return "the caller speaks only " + listed(offer.versions()) + "; accepted: "
                    + listed(ListenerTls.PROTOCOLS);
        }
        if (said.contains("no cipher suites in common") || said.contains("No available authentication scheme")) {
            return noSuite(offer);
        }
        if (said.contains("CertificateVerify") && said.contains("signature")) {
            return wrongOrder(handshake.shown())
                    .orElse("the caller does not have the key of the certificate that it has shown");
        }
        return isEnd(why, said) ? ended() : said;
    }

    /** Its own comes first (RFC 8446, 4.4.2), and with that it proves that it has the key. */
    private static Optional<String> wrongOrder(List<X509Certificate> shown) {
        return shown.stream()
                .skip(1)
                .filter(other -> Certificates.isSignedBy(other, shown.get(0).getPublicKey()))
                .findFirst()
                .map(own ->
                        "the caller does not have the key of the certificate that it has shown first; its certificates"
                                + " are in the wrong order: " + Certificates.name(shown.get(0))
                                + ", an authority's, comes before its own " + Certificates.name(own));
    }

    private static String noSuite(@Nullable ClientHello offer) {
        if (offer == null || offer.suites().isEmpty()) {
            return "no cipher suite in common";
        }
        return offer.suites().stream().anyMatch(ListenerTls.CIPHER_SUITES::contains)
                ? "the caller takes no certificate with a key and signature like ours, or no curve of ours"
                : "the caller offers only cipher suites without forward secrecy or AEAD: " + listed(offer.suites())
                        + "; accepted: " + listed(ListenerTls.CIPHER_SUITES);
    }

    private String endedBy(Optional<ClientAlert> alert, String name) {
        return "the caller has ended it: "
                + alert.map(known -> known.meaning() + " (alert " + known.name().toLowerCase(Locale.ROOT) + ")")
                        .orElse("it sent the alert " + name)
                + misnamed();
    }

    private static boolean isEnd(Throwable why, String said) {
        return why.getMessage() == null
                || why instanceof EofException
                || why instanceof EOFException
                || why instanceof ClosedChannelException
                || said.contains("closing inbound before receiving peer")
                || said.contains("Connection reset")
                || said.contains("Broken pipe");
    }

    private String ended() {
        if (!handshake.answered()) {
            return "the connection was closed before the handshake ended";
        }
        return "the connection was closed before the handshake ended, after the caller had seen our certificate: perhaps it"
                + " does not accept it, and does not say so" + misnamed();
    }

    private String misnamed() {
        ClientHello offer = handshake.offer();
        String wanted = offer == null ? null : offer.server();
        if (wanted == null) {
            return "";
        }
        return tls.lacksName(wanted)
                .map(names ->
                        "; it wants the server " + OneLine.printable(wanted) + ", and our certificate names " + names)
                .orElse("");
    }

    private static String listed(List<String> all) {
        return String.join(", ", all.subList(0, Math.min(all.size(), MOST_NAMED)))
                + (all.size() > MOST_NAMED ? " and " + (all.size() - MOST_NAMED) + " more" : "");
    }

    static Throwable innermost(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost;
    }
}

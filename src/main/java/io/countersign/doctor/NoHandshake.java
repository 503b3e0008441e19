package io.countersign.doctor;

import io.countersign.text.OneLine;
import io.countersign.tls.Certificates;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Why no handshake comes about: finds it out by further connections, each with another first message. */
final class NoHandshake {
    private static final byte[] GET = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String NEWER = "the partner lets its server speak TLS 1.2 or 1.3 with AEAD suites and forward"
            + " secrecy, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (RFC 9325); nothing weaker is spoken here";
    private static final String PORT = "compare host and port of the url with what the partner says";
    private static final int UNRECOGNIZED_NAME = 112;

    private final Network network;
    private final String sni;
    private final ClientHello everything;

    NoHandshake(Network network, String host) {
        this.network = network;
        this.sni = sni(host);
        this.everything = new ClientHello(ClientHello.TLS_1_2, Suites.all(), Suites.allGroups(), sni);
    }

    /** The name that calls send (RFC 6066, 3): JSSE sends none for addresses and for names without a dot. */
    static String sni(String host) {
        return Reach.isAddress(host) || !host.contains(".") || host.endsWith(".") ? "" : host;
    }

    /** @param looks none of which has worked */
    Cause cause(List<Look> looks) {
        Optional<Look> shown =
                looks.stream().filter(look -> !look.chain().isEmpty()).findFirst();
        if (shown.isPresent()) {
            return afterCertificate(shown.get());
        }
        Reply reply = Reply.to(everything.bytes(), network);
        Reply newest = reply instanceof Reply.Silent
                ? reply
                : Reply.to(
                        new ClientHello(ClientHello.TLS_1_3, Suites.all(), Suites.allGroups(), sni).bytes(), network);
        return Stream.of(reply, newest)
                .flatMap(each -> inPlainText(each).or(() -> hello(each)).stream())
                .findFirst()
                .or(() -> byName(reply, newest))
                .or(() -> behindProxy(reply))
                .or(() -> plainHttp(reply))
                .orElseGet(() -> unexplained(reply, looks));
    }

    private static Cause afterCertificate(Look look) {
        String said =
                look.failure() == null ? "" : String.valueOf(look.failure().getMessage());
        String lower = said.toLowerCase(Locale.ROOT);
        if (lower.contains("signature") || lower.contains("verify")) {
            return ChainFault.authorityFirst(look.chain())
                    .orElseGet(() -> new Cause(
                            "the server does not have the key of the certificate that it shows first ("
                                    + Certificates.name(look.chain().get(0)) + "): " + said,
                            "the partner gives its server the key that belongs to this certificate, or puts the certificate of that"
                                    + " key first in its file"));
        }
        Optional<String> alert = look.failure() == null ? Optional.empty() : Alerts.received(look.failure());
        return new Cause(
                "the handshake broke after the server had shown its certificate"
                        + alert.map(name -> ", by its alert " + name).orElse(": " + said),
                "the partner looks into its server's log at this moment");
    }

    private static Optional<Cause> inPlainText(Reply reply) {
        if (!(reply instanceof Reply.Other other)) {
            return Optional.empty();
        }
        String text = other.text().strip();
        String kind = text.startsWith("HTTP/") || text.startsWith("<")
                ? "HTTP without TLS"
                : text.startsWith("SSH-")
                        ? "SSH"
                        : text.startsWith("220") || text.startsWith("421") || text.startsWith("554")
                                ? "SMTP or FTP"
                                : text.startsWith("* OK")
                                        ? "IMAP"
                                        : text.startsWith("+OK") || text.startsWith("-ERR") ? "POP3" : "something else";
        return Optional.of(new Cause(
                "the server speaks no TLS on this port but " + kind + "; its first bytes are '"
                        + OneLine.printable(text) + "'",
                kind.startsWith("HTTP")
                        ? "the partner switches TLS on for this port, or says on which port it speaks it; " + PORT
                        : PORT));
    }

    /** The server would go on: with a version, suite or group that calls do not speak. */
    private Optional<Cause> hello(Reply reply) {
        if (!(reply instanceof Reply.Hello hello)) {
            return Optional.empty();
        }
        if (hello.version() < ClientHello.TLS_1_2) {
            return Optional.of(new Cause(
                    "the server speaks nothing newer than "
                            + (hello.version() < ClientHello.TLS_1_0
                                    ? "SSL 3"
                                    : "TLS 1." + (hello.version() - ClientHello.TLS_1_0))
                            + ", which is too old",
                    NEWER));
        }
        ClientHello ours = new ClientHello(hello.version(), Suites.spoken(), Suites.allGroups(), sni);
        if (!Suites.isSpoken(hello.suite()) && !(Reply.to(ours.bytes(), network) instanceof Reply.Hello)) {
            return Optional.of(new Cause(
                    "the server has no cipher suite in common with us; it would take " + Suites.name(hello.suite()),
                    NEWER));
        }
        if (!accepts(ours.withGroups(Suites.GROUPS)) || Suites.otherGroups().contains(hello.group())) {
            String group = Suites.otherGroups().contains(hello.group())
                    ? Suites.groupName(hello.group())
                    : Suites.otherGroups().stream()
                            .filter(other -> accepts(ours.withGroups(List.of(other))))
                            .findFirst()
                            .map(Suites::groupName)
                            .orElse("none that is known here");
            return Optional.of(new Cause(
                    "the server has no curve (group) in common with us; it would take " + group,
                    "the partner lets its server use X25519, P-256 or P-384 for the key exchange"));
        }
        return Optional.empty();
    }

    private boolean accepts(ClientHello hello) {
        return Reply.to(hello.bytes(), network) instanceof Reply.Hello;
    }

    private Optional<Cause> byName(Reply reply, Reply newest) {
        boolean unknown = Stream.of(reply, newest)
                .anyMatch(each -> each instanceof Reply.Alert alert && alert.description() == UNRECOGNIZED_NAME);
        if (sni.isEmpty()) {
            return unknown
                    ? Optional.of(new Cause(
                            "the server serves only callers that say a host's name (alert unrecognized_name), and none is sent:"
                                    + " the url has an address, or a name without a dot",
                            "we write the full name of the server into the url, as the partner says it"))
                    : Optional.empty();
        }
        if (accepts(everything.withSni(""))) {
            return Optional.of(new Cause(
                    "the server goes on without a name and " + words(reply) + " where we say that we mean " + sni
                            + " (server name indication)",
                    "the partner lets its server, or the load balancer before it, serve " + sni
                            + ", or says what its name is; then we change the url"));
        }
        return unknown
                ? Optional.of(new Cause(
                        "the server serves no host " + sni + " (alert unrecognized_name)",
                        PORT + "; the partner lets its server serve " + sni))
                : Optional.empty();
    }

    private Optional<Cause> behindProxy(Reply reply) {
        if (reply instanceof Reply.Alert) {
            return Optional.empty();
        }
        byte[] header = "PROXY TCP4 127.0.0.1 127.0.0.1 65000 443\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] hello = everything.bytes();
        byte[] both = new byte[header.length + hello.length];
        System.arraycopy(header, 0, both, 0, header.length);
        System.arraycopy(hello, 0, both, header.length, hello.length);
        return Reply.to(both, network) instanceof Reply.Hello
                ? Optional.of(new Cause(
                        "the server wants a PROXY protocol header before TLS: this port is for a proxy in front of it, not"
                                + " for callers",
                        "the partner says which port is for callers, or takes connections without a PROXY header on this"
                                + " one; " + PORT))
                : Optional.empty();
    }

    private Optional<Cause> plainHttp(Reply reply) {
        return reply instanceof Reply.Alert ? Optional.empty() : inPlainText(Reply.to(GET, network));
    }

    private Cause unexplained(Reply reply, List<Look> looks) {
        boolean late = looks.stream().allMatch(look -> look.failure() instanceof SocketTimeoutException);
        if (reply instanceof Reply.Silent) {
            return new Cause(
                    "the server takes the connection and then says nothing"
                            + (late
                                    ? ", for "
                                            + Patience.seconds(
                                                    network.patience().handshake())
                                    : ""),
                    "the partner looks whether its service hangs, or whether a firewall or load balancer takes"
                            + " connections in its place; " + PORT);
        }
        if (reply instanceof Reply.Ended) {
            return new Cause(
                    "the server " + words(reply) + " as soon as it has our first message, without an alert",
                    "the partner looks whether a firewall or load balancer admits our address, and whether its service"
                            + " behind that runs; " + PORT);
        }
        return new Cause(
                "the server refuses the handshake: it " + words(reply)
                        + (looks.isEmpty() || looks.get(0).failure() == null
                                ? ""
                                : "; to our own first message: "
                                        + looks.get(0).failure().getMessage()),
                "the partner looks into its server's log at this moment; what calls speak here is TLS 1.3 and 1.2 with"
                        + " AEAD suites and forward secrecy");
    }

    private static String words(Reply reply) {
        if (reply instanceof Reply.Alert alert) {
            return "answers with the alert " + Alerts.name(alert.description());
        }
        if (reply instanceof Reply.Ended ended) {
            return ended.reset() ? "resets the connection" : "closes the connection";
        }
        return reply instanceof Reply.Silent ? "says nothing" : "answers otherwise";
    }
}

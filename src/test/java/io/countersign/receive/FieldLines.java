package io.countersign.receive;

import static io.countersign.receive.HostileRequest.BODY;
import static io.countersign.receive.HostileRequest.CHUNKED;
import static io.countersign.receive.HostileRequest.HOST;
import static io.countersign.receive.HostileRequest.LENGTH;
import static io.countersign.receive.HostileRequest.LINE;
import static io.countersign.receive.HostileRequest.chunk;
import static io.countersign.receive.HostileRequest.shown;

import io.countersign.receive.HostileRequest.Category;
import io.countersign.receive.HostileRequest.Demand;
import java.util.List;

/** Field lines (RFC 9112, 5; RFC 9110, 5), the Host field, the ends of lines, and sizes. */
final class FieldLines {
    private static final String DELIMITERS = "\"(),/;<=>?@[\\]{}";

    /** Of a request's line and fields together; what is longer is refused. */
    static final int MOST_HEADER_BYTES = 8 * 1024;

    private FieldLines() {}

    static void addTo(List<HostileRequest> requests) {
        hosts(new Category("Host", requests));
        names(new Category("field name", requests));
        values(new Category("field value", requests));
        colons(new Category("colon", requests));
        folds(new Category("line folding", requests));
        ends(new Category("line ends", requests));
        sizes(new Category("sizes", requests));
        expectations(new Category("Expect", requests));
        upgrades(new Category("Upgrade", requests));
    }

    private static void hosts(Category into) {
        into.add(Demand.REFUSE, "9112, 3.2", "none", LINE + LENGTH);
        for (String hosts : List.of(
                HOST + HOST,
                HOST + "Host: other.example\r\n",
                "Host: other.example\r\n" + HOST,
                HOST + "X: y\r\nhost: localhost\r\n",
                HOST + HOST + HOST,
                "Host:\r\n" + HOST,
                HOST + "Host:\r\n")) {
            into.add(Demand.REFUSE, "9112, 3.2", shown(hosts), LINE + hosts + LENGTH);
        }
        for (String host : List.of(
                "a b",
                "a\tb",
                "a/b",
                "/",
                "a?b",
                "a#b",
                "a@b",
                "u:p@localhost",
                "http://localhost",
                "https://localhost/",
                "a:b",
                "a:99999999",
                "a:-1",
                "a:+1",
                "a:1:2",
                "a: 1",
                "a :1",
                "[::1",
                "::1]",
                "[::1]x",
                "[zz]",
                "[]",
                "<a>",
                "a\"",
                "\"a\"",
                "%zz",
                "%",
                "\u00e9",
                "\u00ff",
                "{a}",
                "a|b",
                "a\\b",
                "a^b",
                "a`b",
                "a\u007f",
                "a\u0000b",
                "a\u0001b",
                "localhost localhost",
                "localhost:443 x",
                "[::1]:x",
                "[::1]:99999999",
                "[::1",
                "[1:2:3]",
                "1::2")) {
            into.add(Demand.REFUSE, "9112, 3.2; 3986, 3.2", shown(host), LINE + "Host: " + host + "\r\n" + LENGTH);
        }
        for (String host : List.of(
                "",
                " ",
                ":443",
                "a,b",
                "a;b",
                "a%41",
                "a%00",
                "a..b",
                "..",
                "-",
                "_",
                "a'b",
                "a".repeat(300),
                "localhost:",
                "0x7f.1",
                "[v1.a]",
                "[fe80::1%25eth0]",
                "256.256.256.256",
                "localhost:0")) {
            into.add(Demand.EITHER, "9112, 3.2; 3986, 3.2", shown(host), LINE + "Host: " + host + "\r\n" + LENGTH);
        }
        for (String host : List.of("localhost:8443", "LOCALHOST", "127.0.0.1", "[::1]", "[::1]:443", "other.example")) {
            into.add(Demand.ACCEPT, "9112, 3.2", shown(host), LINE + "hOsT: " + host + "\r\n" + LENGTH);
        }
    }

    private static void names(Category into) {
        for (int c = 0; c <= 255; c++) {
            boolean control = c <= ' ' || c == 127;
            if (c != '\n' && (control || DELIMITERS.indexOf(c) >= 0 || c == 128 || c == 160 || c == 255)) {
                String name = "X" + (char) c + "Y";
                into.add(Demand.REFUSE_AND_CLOSE, "9110, 5.1", shown(name), LINE + HOST + name + ": v\r\n" + LENGTH);
            }
        }
        into.add(Demand.ACCEPT, "9110, 5.6.2", "every other", LINE + HOST + "!#$%&'*+-.^_`|~09azAZ: v\r\n" + LENGTH);
        for (String other : List.of(
                "Content_Length",
                "Content-Lengt",
                "Content-Length-",
                "X-Content-Length",
                "Transfer_Encoding",
                "Transfer-Encodin",
                "TransferEncoding",
                "X-Transfer-Encoding",
                "Transfer--Encoding",
                "Transfer.Encoding")) {
            into.add(
                    Demand.ACCEPT,
                    "9110, 5.1",
                    "another: " + other,
                    LINE + HOST + other + ": " + (other.startsWith("C") || other.endsWith("h") ? "1" : "chunked")
                            + "\r\n" + LENGTH);
        }
    }

    private static void values(Category into) {
        for (char c = 0; c < 128; c++) {
            if ((c >= ' ' && c != 127) || c == '\t') {
                continue;
            }
            Demand demand = c == 0 || c == '\r' || c == '\n' ? Demand.REFUSE_AND_CLOSE : Demand.EITHER;
            into.add(demand, "9110, 5.5", shown("v" + c + "w"), LINE + HOST + "X: v" + c + "w\r\n" + LENGTH);
        }
        for (String value : List.of(
                "",
                " ",
                "\t \t",
                " v ",
                "\tv\t",
                "v\tw",
                ":",
                "::v",
                "\"",
                "\\",
                "v: w",
                "\u0080",
                "\u00ff",
                "\u00e4",
                "v".repeat(4_000))) {
            into.add(Demand.ACCEPT, "9110, 5.5", shown(value), LINE + HOST + "X:" + value + "\r\n" + LENGTH);
        }
        for (String field : List.of(
                "Connection: close, close",
                "Connection: ,",
                "Connection: x",
                "Connection: host, content-length",
                "Connection: keep-alive, close",
                "Content-Type: \u00ff",
                "Content-Type: a\u0001",
                "Accept: \u00ff",
                "Cookie: \u00ff=\"",
                "Content-Type: text/plain; charset=none",
                "Content-Type: ;;;",
                "Accept-Encoding: gzip;q=9",
                "TE: trailers, chunked",
                "TE: \u00ff",
                "Trailer: Content-Length",
                "Max-Forwards: -1",
                "Range: bytes=0-",
                "Content-Range: bytes 0-1/2",
                "Keep-Alive: timeout=-1",
                "Proxy-Connection: close",
                "Forwarded: for=\"",
                "Date: never",
                "Via: 1.1 x",
                "If-None-Match: *",
                "If-Match: \"x\"",
                "Sec-WebSocket-Key: x",
                "Authorization: Basic \u00ff",
                "X-HTTP-Method-Override: DELETE",
                "X-Original-URL: /x",
                "X-Rewrite-URL: /x")) {
            into.add(Demand.EITHER, "9110, 5.5", shown(field), LINE + HOST + field + "\r\n" + LENGTH);
        }
    }

    private static void colons(Category into) {
        for (String space : List.of(" ", "\t", "  ", "\u000b", "\f", "\u00a0")) {
            String rfc = space.isBlank() ? "9112, 5.1" : "9110, 5.1";
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    rfc,
                    "Host" + shown(space),
                    LINE + "Host" + space + ": localhost\r\n" + LENGTH);
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    rfc,
                    "Content-Length" + shown(space),
                    LINE + HOST + "Content-Length" + space + ": " + BODY.length() + "\r\n");
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    rfc,
                    "Transfer-Encoding" + shown(space),
                    LINE + HOST + "Transfer-Encoding" + space + ": chunked\r\n\r\n" + chunk(BODY) + "0\r\n\r\n",
                    BODY);
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    rfc,
                    "Content-Length and Transfer-Encoding" + shown(space),
                    LINE + HOST + LENGTH + "Transfer-Encoding" + space + ": chunked\r\n\r\n" + chunk(BODY)
                            + "0\r\n\r\n",
                    BODY);
            for (String name : List.of("X", "Expect", "Connection", "Content-Type", "Accept", "Idempotency-Key")) {
                into.add(
                        Demand.REFUSE_AND_CLOSE,
                        rfc,
                        name + shown(space),
                        LINE + HOST + name + space + ": v\r\n" + LENGTH);
            }
        }
        for (String line : List.of(
                ": v",
                ":",
                "X",
                "X v",
                "=X: v",
                "Content-Length",
                "Transfer-Encoding",
                "\"X\": v",
                "\u00e9: v",
                "{}",
                "\u0000: v",
                "PUT /exchange/x HTTP/1.1",
                "HTTP/1.1 200 OK")) {
            into.add(Demand.REFUSE_AND_CLOSE, "9112, 5", shown(line), LINE + HOST + line + "\r\n" + LENGTH);
            into.add(Demand.REFUSE_AND_CLOSE, "9112, 5", "first " + shown(line), LINE + line + "\r\n" + HOST + LENGTH);
            into.add(Demand.REFUSE_AND_CLOSE, "9112, 5", "last " + shown(line), LINE + HOST + LENGTH + line + "\r\n");
        }
    }

    /** RFC 9112, 5.2 lets a server refuse a folded line or mend it; a folded length is nothing to be mended. */
    private static void folds(Category into) {
        for (String fold : List.of("\r\n ", "\r\n\t", "\r\n  \t")) {
            for (String field : List.of(
                    "Host:" + fold + "localhost",
                    "Host: local" + fold + "host",
                    "X:" + fold + "v",
                    "X: v" + fold + "w",
                    "X: v" + fold,
                    "X: v" + fold + "Content-Length: 1",
                    "X: v" + fold + "Transfer-Encoding: chunked",
                    "X" + fold + ": v",
                    "Content-Length:" + fold + "1",
                    "Content-Length: 1" + fold + "2",
                    "Transfer-Encoding:" + fold + "chunked",
                    "Transfer-Encoding: chun" + fold + "ked",
                    "Content-Type: text/plain;" + fold + "charset=x")) {
                into.add(
                        Demand.REFUSE_AND_CLOSE,
                        "9112, 5.2",
                        shown(field),
                        LINE + (field.startsWith("Host") ? "" : HOST) + field + "\r\n"
                                + (field.startsWith("Content-Length") || field.startsWith("Transfer") ? "" : LENGTH));
            }
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 2.2",
                    "before the first field" + shown(fold),
                    LINE + fold.substring(2) + HOST + LENGTH);
        }
    }

    /** RFC 9112, 2.2 lets a server take a bare LF for the end of a line, which others in the chain might not; never a bare CR. */
    private static void ends(Category into) {
        for (String end : List.of("\n", "\r", "\r\r\n", "\n\r", "\r\r", "\u0000\r\n", "\u0085", "\u000b\r\n")) {
            String rfc = end.equals("\n") ? "9112, 2.2" : "9112, 2.2; 9110, 5.5";
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    rfc,
                    "of the request line " + shown(end),
                    LINE.replace("\r\n", end) + HOST + LENGTH);
            into.add(Demand.REFUSE_AND_CLOSE, rfc, "of Host " + shown(end), LINE + HOST.replace("\r\n", end) + LENGTH);
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    rfc,
                    "of all fields " + shown(end),
                    LINE + (HOST + LENGTH + "\r\n").replace("\r\n", end) + BODY,
                    BODY);
            if (end.startsWith("\u0000") || end.startsWith("\u000b")) {
                continue;
            }
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    rfc,
                    "of Content-Length " + shown(end),
                    LINE + HOST + LENGTH.replace("\r\n", end) + "\r\n" + BODY,
                    BODY);
            into.raw(Demand.REFUSE_AND_CLOSE, rfc, "empty line " + shown(end), LINE + HOST + LENGTH + end + BODY, BODY);
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    rfc,
                    "of Transfer-Encoding " + shown(end),
                    LINE + HOST + CHUNKED.replace("\r\n", end) + "\r\n" + chunk(BODY) + "0\r\n\r\n",
                    BODY);
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    rfc,
                    "everywhere " + shown(end),
                    (LINE + HOST + LENGTH + "\r\n").replace("\r\n", end) + BODY,
                    BODY);
        }
    }

    private static void sizes(Category into) {
        into.add(
                Demand.REFUSE_AND_CLOSE,
                "9112, 3",
                "a target",
                LINE.replace("{n}", "{n}" + "a".repeat(MOST_HEADER_BYTES)) + HOST + LENGTH);
        into.add(
                Demand.REFUSE_AND_CLOSE,
                "9112, 3",
                "a query",
                LINE.replace("{n}", "{n}?" + "a".repeat(MOST_HEADER_BYTES)) + HOST + LENGTH);
        into.add(
                Demand.REFUSE_AND_CLOSE,
                "9112, 3",
                "an authority",
                LINE.replace("/exchange", "https://" + "a".repeat(MOST_HEADER_BYTES) + "/exchange") + HOST + LENGTH);
        into.add(
                Demand.REFUSE_AND_CLOSE,
                "9110, 5.4",
                "Host",
                LINE + "Host: " + "a".repeat(MOST_HEADER_BYTES) + "\r\n" + LENGTH);
        for (int over : List.of(0, 1, 100, 8_000, 60_000)) {
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9110, 5.4",
                    "a value, and " + over,
                    LINE + HOST + "X: " + "v".repeat(MOST_HEADER_BYTES + over) + "\r\n" + LENGTH);
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9110, 5.4",
                    "a name, and " + over,
                    LINE + HOST + "X".repeat(MOST_HEADER_BYTES + over) + ": v\r\n" + LENGTH);
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9110, 5.4",
                    "all fields, and " + over,
                    LINE + HOST + "X: v\r\n".repeat((MOST_HEADER_BYTES + over) / 6 + 1) + LENGTH);
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9110, 5.4",
                    "whitespace, and " + over,
                    LINE + HOST + "X:" + " ".repeat(MOST_HEADER_BYTES + over) + "v\r\n" + LENGTH);
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 2.2",
                    "empty lines before, and " + over,
                    "\r\n".repeat((MOST_HEADER_BYTES + over) / 2 + 1) + LINE + HOST + LENGTH);
        }
        into.add(Demand.ACCEPT, "9110, 5.4", "a hundred fields", LINE + HOST + "X: v\r\n".repeat(100) + LENGTH);
        into.add(Demand.EITHER, "9110, 5.4", "a thousand fields", LINE + HOST + "X: v\r\n".repeat(1_000) + LENGTH);
        into.add(
                Demand.ACCEPT,
                "9110, 5.4",
                "a value below the limit",
                LINE + HOST + "X: " + "v".repeat(MOST_HEADER_BYTES - 200) + "\r\n" + LENGTH);
    }

    private static void expectations(Category into) {
        into.add(Demand.ACCEPT, "9110, 10.1.1", "100-continue", LINE + HOST + "Expect: 100-continue\r\n" + LENGTH);
        into.add(Demand.ACCEPT, "9110, 10.1.1", "100-Continue", LINE + HOST + "Expect: 100-Continue\r\n" + LENGTH);
        into.add(
                Demand.ACCEPT,
                "9110, 10.1.1",
                "in HTTP/1.0",
                LINE.replace("1.1\r", "1.0\r") + HOST + "Expect: 100-continue\r\n" + LENGTH);
        into.raw(
                Demand.ACCEPT,
                "9110, 10.1.1",
                "with chunks",
                LINE + HOST + "Expect: 100-continue\r\n" + CHUNKED + "\r\n" + chunk(BODY) + "0\r\n\r\n",
                BODY);
        for (String expect : List.of(
                "200-ok",
                "100",
                "100-continue, x",
                "x, 100-continue",
                "",
                ",",
                "100-continue;q=1",
                "100-continue=1",
                "\"100-continue\"",
                "100-continue 100-continue",
                "100-continue\r\nExpect: 100-continue",
                "100-continue\r\nExpect: x",
                "x\r\nExpect: 100-continue",
                "\u00ff",
                "103-early-hints")) {
            into.add(Demand.EITHER, "9110, 10.1.1", shown(expect), LINE + HOST + "Expect: " + expect + "\r\n" + LENGTH);
            into.add(
                    Demand.REFUSE,
                    "9110, 10.1.1",
                    "to a refused one: " + shown(expect),
                    LINE.replace("{n}", "%00") + HOST + "Expect: " + expect + "\r\n" + LENGTH);
        }
    }

    private static void upgrades(Category into) {
        for (String upgrade :
                List.of("h2c", "h2c, websocket", "websocket", "TLS/1.0", "HTTP/2.0", "", "x", "\u00ff", "HTTP/1.1")) {
            for (String connection : List.of(
                    "Connection: Upgrade\r\n", "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAAA\r\n", "")) {
                into.add(
                        Demand.EITHER,
                        "9110, 7.8",
                        shown(upgrade) + " " + shown(connection),
                        LINE + HOST + connection + "Upgrade: " + upgrade + "\r\n" + LENGTH);
            }
        }
        into.add(Demand.EITHER, "9110, 7.8", "Connection alone", LINE + HOST + "Connection: Upgrade\r\n" + LENGTH);
        into.add(
                Demand.ACCEPT,
                "9110, 7.8",
                "in HTTP/1.0",
                LINE.replace("1.1\r", "1.0\r") + HOST + "Connection: Upgrade\r\nUpgrade: h2c\r\n" + LENGTH);
        for (String preface : List.of(
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\n",
                "PRI * HTTP/2.0\r\nX: y\r\n\r\n",
                "PRI * HTTP/2\r\n\r\nSM\r\n\r\n",
                "PRI /exchange/r{n} HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
            into.raw(Demand.REFUSE_AND_CLOSE, "9113, 3.4; 9110, 15.6.6", shown(preface), preface, "");
        }
        into.raw(Demand.REFUSE, "9110, 9.1", "PRI * HTTP/1.1", "PRI * HTTP/1.1\r\n" + HOST + "\r\n", "");
    }
}

package io.countersign.receive;

import static io.countersign.receive.HostileRequest.BODY;
import static io.countersign.receive.HostileRequest.HOST;
import static io.countersign.receive.HostileRequest.LENGTH;
import static io.countersign.receive.HostileRequest.shown;

import io.countersign.receive.HostileRequest.Category;
import io.countersign.receive.HostileRequest.Demand;
import java.util.List;

/** Request lines (RFC 9112, 3): whitespace, methods, versions and the four forms of a target. */
final class RequestLines {
    private static final String TARGET = "/exchange/r{n}";
    private static final String DELIMITERS = "\"(),/:;<=>?@[\\]{}";

    private RequestLines() {}

    static void addTo(List<HostileRequest> requests) {
        whitespace(new Category("request line", requests));
        methods(new Category("method", requests));
        versions(new Category("version", requests));
        targets(new Category("target", requests));
        absolute(new Category("absolute target", requests));
        otherForms(new Category("other target forms", requests));
    }

    private static void line(Category into, Demand demand, String rfc, String line) {
        into.add(demand, rfc, shown(line), line + "\r\n" + HOST + LENGTH);
    }

    private static void whitespace(Category into) {
        for (String space : List.of("  ", "   ", "\t", " \t", "\t ", "\u000b", "\f", "\r")) {
            line(into, Demand.EITHER, "9112, 3", "PUT" + space + TARGET + " HTTP/1.1");
            line(into, Demand.EITHER, "9112, 3", "PUT " + TARGET + space + "HTTP/1.1");
        }
        for (String space : List.of("\u00a0", "\u0000", "\u0001", "\u001f", "\u007f", "\u0085")) {
            line(into, Demand.REFUSE_AND_CLOSE, "9112, 3", "PUT" + space + TARGET + " HTTP/1.1");
            line(into, Demand.REFUSE_AND_CLOSE, "9112, 3", "PUT " + TARGET + space + "HTTP/1.1");
        }
        for (String space : List.of(" ", "\t", "  ")) {
            line(into, Demand.EITHER, "9112, 3", space + "PUT " + TARGET + " HTTP/1.1");
            line(into, Demand.EITHER, "9112, 3", "PUT " + TARGET + " HTTP/1.1" + space);
        }
        for (String line : List.of(
                "PUT",
                "PUT ",
                "PUT " + TARGET,
                "PUT " + TARGET + " ",
                TARGET + " HTTP/1.1",
                " HTTP/1.1",
                "HTTP/1.1",
                "PUT HTTP/1.1",
                "PUT  HTTP/1.1",
                "PUT " + TARGET + " HTTP/1.1 HTTP/1.1",
                "PUT " + TARGET + " x HTTP/1.1",
                "PUT " + TARGET + " " + TARGET + " HTTP/1.1",
                "HTTP/1.1 PUT " + TARGET,
                "HTTP/1.1 200 OK",
                "\u0000",
                "\u00ff\u00fe",
                "x")) {
            line(into, Demand.REFUSE_AND_CLOSE, "9112, 3", line);
        }
        into.add(
                Demand.ACCEPT,
                "9112, 2.2",
                "an empty line before",
                "\r\nPUT " + TARGET + " HTTP/1.1\r\n" + HOST + LENGTH);
        into.add(
                Demand.EITHER,
                "9112, 2.2",
                "two empty lines before",
                "\r\n\r\nPUT " + TARGET + " HTTP/1.1\r\n" + HOST + LENGTH);
        into.add(
                Demand.REFUSE_AND_CLOSE,
                "9112, 2.2",
                "a bare LF before",
                "\nPUT " + TARGET + " HTTP/1.1\r\n" + HOST + LENGTH);
        into.add(
                Demand.REFUSE_AND_CLOSE,
                "9112, 2.2",
                "a bare CR before",
                "\rPUT " + TARGET + " HTTP/1.1\r\n" + HOST + LENGTH);
    }

    private static void methods(Category into) {
        for (int i = 0; i < DELIMITERS.length(); i++) {
            line(into, Demand.REFUSE_AND_CLOSE, "9110, 9.1", "PU" + DELIMITERS.charAt(i) + "T " + TARGET + " HTTP/1.1");
        }
        for (String method :
                List.of("\u00e9PUT", "PUT\u00e9", "\u0000PUT", "PUT\u0000", "PUT\u0001", "PUT\u007f", "PUT\r")) {
            line(into, Demand.REFUSE_AND_CLOSE, "9110, 9.1", method + " " + TARGET + " HTTP/1.1");
        }
        for (String method : List.of(
                "put",
                "Put",
                "pUT",
                "post",
                "Post",
                "get",
                "X",
                "PUTT",
                "PU",
                "POSTS",
                "P",
                "PUT-",
                "-PUT",
                "PUT.",
                "PUT|",
                "!#$%&'*+-.^_`|~",
                "M-SEARCH",
                "PROPFIND",
                "MOVE",
                "DELETE",
                "PATCH",
                "TRACE",
                "OPTIONS",
                "LINK",
                "PRI",
                "0",
                "PUT0",
                "A".repeat(100))) {
            line(into, Demand.REFUSE, "9110, 9.1", method + " " + TARGET + " HTTP/1.1");
        }
        line(into, Demand.REFUSE_AND_CLOSE, "9112, 3", "A".repeat(9_000) + " " + TARGET + " HTTP/1.1");
    }

    private static void versions(Category into) {
        for (String version : List.of(
                "HTTP/1.10",
                "HTTP/1.01",
                "HTTP/01.1",
                "HTTP/11",
                "HTTP/1",
                "HTTP/1.",
                "HTTP/.1",
                "HTTP/1.1.1",
                "HTTP/1,1",
                "HTTP/1 .1",
                "HTTP/ 1.1",
                "HTTP /1.1",
                "HTTP/1. 1",
                "HTTP/-1.1",
                "HTTP/+1.1",
                "HTTP/a.b",
                "HTTP/1.a",
                "HTTP/x.1",
                "HTTPS/1.1",
                "HTTX/1.1",
                "HTTP\\1.1",
                "HTTP:1.1",
                "HTTP//1.1",
                "HTTP1.1",
                "HTTP-1.1",
                "HTTP/0.9",
                "HTTP/0.0",
                "HTTP/0.1",
                "HTTP/2",
                "HTTP/2.0",
                "HTTP/2.1",
                "HTTP/3.0",
                "HTTP/9.9",
                "HTTP/99.99",
                "ICY/1.1",
                "RTSP/1.0",
                "SIP/2.0",
                "HTTP/1.1x",
                "xHTTP/1.1",
                "HTTP/1.1\u0000",
                "HTTP/1.1\u00a0",
                "HTTP/1.1;a",
                "HTTP/1.1,HTTP/1.1",
                "HTTP/4294967297.1",
                "HTTP/1.4294967297",
                "TLS/1.1",
                "HTTP/" + "1".repeat(9_000) + ".1",
                "*",
                "/",
                "1.1")) {
            line(into, Demand.REFUSE_AND_CLOSE, "9112, 2.3", "PUT " + TARGET + " " + version);
        }
        for (String version :
                List.of("http/1.1", "Http/1.1", "hTTP/1.0")) { // invalid, and nothing else than it looks like
            line(into, Demand.EITHER, "9112, 2.3 and 3", "PUT " + TARGET + " " + version);
        }
        for (String version : List.of("HTTP/1.2", "HTTP/1.9")) {
            line(into, Demand.EITHER, "9110, 2.5", "PUT " + TARGET + " " + version);
        }
        line(into, Demand.ACCEPT, "9112, 2.3", "PUT " + TARGET + " HTTP/1.0");
        into.add(
                Demand.ACCEPT,
                "9112, 3.2",
                "HTTP/1.0 without Host",
                "PUT " + TARGET + " HTTP/1.0\r\nConnection: keep-alive\r\n" + LENGTH);
    }

    private static void targets(Category into) {
        for (int c = 0; c <= ' '; c++) {
            if (c == ' ' || c == '\r' || c == '\n' || c == '\t' || c == 11 || c == 12) {
                continue; // whitespace, above
            }
            line(into, Demand.REFUSE_AND_CLOSE, "9112, 3.2", "PUT " + TARGET + (char) c + "x HTTP/1.1");
        }
        for (String broken : List.of(
                "%",
                "%1",
                "%zz",
                "%%41",
                "%u0041",
                "%-1",
                "%0x",
                "%g0",
                "%4",
                "% 41",
                "%+1",
                "\u0080",
                "\u00ff",
                "\u00e9",
                "\u00c3\u00a9",
                "\u007f",
                "%00",
                "%0a",
                "%0d%0aX:%20y",
                "%2f",
                "%2F..%2F",
                "%5c",
                "%c0%af",
                "%c0%ae",
                "%ff",
                "%ed%a0%80",
                "%e2%80%ae",
                "%7f",
                "/x",
                "/../x",
                "/",
                "\\x")) {
            line(into, Demand.REFUSE, "9110, 4.2.4; 3986, 2.1", "PUT " + TARGET + broken + " HTTP/1.1");
        }
        for (String odd : List.of(
                "\"",
                "<",
                ">",
                "^",
                "`",
                "{",
                "|",
                "}",
                "[",
                "]",
                "#",
                "#x",
                "#/../x",
                "%25",
                "%2525",
                "%20",
                "%23",
                "%3f",
                ";a=b",
                ";",
                "=",
                "&",
                "@",
                ":",
                ":80",
                "*",
                "$",
                "!",
                "'",
                "(",
                ",",
                "~",
                "+",
                "%7e",
                "%41",
                ".",
                "..",
                "?%zz",
                "?\"",
                "?a b=c".replace(" ", ""),
                "??",
                "?/../..",
                "?\u00e9",
                "?%00",
                "?#")) {
            line(into, Demand.EITHER, "9112, 3.2", "PUT " + TARGET + odd + " HTTP/1.1");
        }
        for (String legal : List.of("?", "?a=b", "?a=b&c=d", "?/", "?a=%20", "-._~")) {
            line(into, Demand.ACCEPT, "9112, 3.2.1", "PUT " + TARGET + legal + " HTTP/1.1");
        }
        for (String path : List.of(
                "/exchange/../exchange/r{n}",
                "/./exchange/r{n}",
                "//exchange/r{n}",
                "/exchange//r{n}",
                "/exchange/./r{n}",
                "/exchange/x/../r{n}",
                "/%65xchange/r{n}",
                "/exchange%2fr{n}",
                "/exchange;a/r{n}",
                "/EXCHANGE/r{n}",
                "///localhost/exchange/r{n}",
                "/exchange/..",
                "/exchange/.",
                "/..",
                "/exchange/%2e%2e/exchange/r{n}")) {
            line(into, Demand.EITHER, "9112, 3.2.1", "PUT " + path + " HTTP/1.1");
        }
    }

    private static void absolute(Category into) {
        line(into, Demand.ACCEPT, "9112, 3.2.2", "PUT https://localhost/exchange/r{n} HTTP/1.1");
        for (String uri : List.of(
                "HTTPS://localhost/exchange/r{n}",
                "https://LOCALHOST/exchange/r{n}",
                "http://localhost/exchange/r{n}",
                "https://localhost:443/exchange/r{n}",
                "https://localhost:/exchange/r{n}",
                "https://localhost:80/exchange/r{n}",
                "https://other.example/exchange/r{n}",
                "https://u:p@localhost/exchange/r{n}",
                "https://@localhost/exchange/r{n}",
                "https://lo%63alhost/exchange/r{n}",
                "https://127.0.0.1/exchange/r{n}",
                "https://[::1]/exchange/r{n}",
                "https://localhost//exchange/r{n}",
                "https://localhost/../exchange/r{n}",
                "https://localhost./exchange/r{n}",
                "https://localhost/exchange/r{n}#x",
                "https://localhost/exchange/r{n}?https://localhost/exchange/x",
                "https://localhost:443@other.example/exchange/r{n}",
                "ftp://localhost/exchange/r{n}",
                "x://localhost/exchange/r{n}",
                "ws://localhost/exchange/r{n}",
                "coap+tcp://localhost/exchange/r{n}")) {
            line(into, Demand.EITHER, "9112, 3.2.2", "PUT " + uri + " HTTP/1.1");
        }
        for (String uri : List.of(
                "https:///exchange/r{n}",
                "https:/exchange/r{n}",
                "https:exchange/r{n}",
                "https://",
                "https:",
                "://localhost/exchange/r{n}",
                "file:///exchange/r{n}",
                "file:/exchange/r{n}",
                "urn:exchange:r{n}",
                "mailto:r{n}@localhost",
                "javascript:r{n}",
                "data:,r{n}",
                "https://localhost:99999999/exchange/r{n}",
                "https://localhost:-1/exchange/r{n}",
                "https://localhost:x/exchange/r{n}",
                "https://[::1/exchange/r{n}",
                "https://[zz]/exchange/r{n}",
                "https://localhost\\exchange\\r{n}",
                "https://local\u0000host/exchange/r{n}",
                "https://local\u00e9/exchange/r{n}",
                "https://localhost",
                "https://localhost?/exchange/r{n}",
                "https://:443/exchange/r{n}")) {
            line(into, Demand.REFUSE, "9110, 4.2", "PUT " + uri + " HTTP/1.1");
        }
        for (String host : List.of("", "Host: other.example\r\n", "Host: localhost:1\r\n", HOST + HOST, "Host: \r\n")) {
            into.add(
                    host.isEmpty() || host.equals(HOST + HOST) ? Demand.REFUSE : Demand.EITHER,
                    host.isEmpty() || host.equals(HOST + HOST) ? "9112, 3.2" : "9112, 3.2.2",
                    "with " + shown(host),
                    "PUT https://localhost/exchange/r{n} HTTP/1.1\r\n" + host + LENGTH);
        }
    }

    private static void otherForms(Category into) {
        for (String target : List.of(
                "localhost",
                "localhost:443",
                "localhost:443/exchange/r{n}",
                "127.0.0.1:443",
                "[::1]:443",
                "*",
                "**",
                "*/exchange/r{n}",
                "exchange/r{n}",
                "./exchange/r{n}",
                "../exchange/r{n}",
                "\\exchange\\r{n}",
                ";/exchange/r{n}",
                "?/exchange/r{n}",
                "#/exchange/r{n}",
                "%2fexchange/r{n}",
                "@localhost/exchange/r{n}",
                ":443",
                "&",
                "=",
                "\"/exchange/r{n}\"",
                "</exchange/r{n}>",
                "\u00e9/exchange/r{n}",
                "~/exchange/r{n}")) {
            line(into, Demand.REFUSE, "9112, 3.2", "PUT " + target + " HTTP/1.1");
            line(into, Demand.REFUSE, "9112, 3.2", "POST " + target + " HTTP/1.1");
        }
        for (String target : List.of(
                "localhost:443",
                "localhost",
                "*",
                "/exchange/r{n}",
                "https://localhost/exchange/r{n}",
                "localhost:x",
                ":443",
                "[::1]:443",
                "localhost:99999999",
                "u@localhost:443")) {
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    "9110, 9.3.6",
                    "CONNECT " + target,
                    "CONNECT " + target + " HTTP/1.1\r\n" + HOST + "\r\n",
                    "");
        }
        into.raw(Demand.REFUSE, "9112, 3.2.4", "OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n", "");
        into.raw(Demand.REFUSE, "9112, 3.2.4", "GET *", "GET * HTTP/1.1\r\n" + HOST + LENGTH + "\r\n" + BODY, "");
    }
}

package io.countersign.receive;

import static io.countersign.receive.HostileRequest.BODY;
import static io.countersign.receive.HostileRequest.CHUNKED;
import static io.countersign.receive.HostileRequest.HOST;
import static io.countersign.receive.HostileRequest.LINE;
import static io.countersign.receive.HostileRequest.chunk;
import static io.countersign.receive.HostileRequest.shown;

import io.countersign.receive.HostileRequest.Category;
import io.countersign.receive.HostileRequest.Demand;
import java.util.List;

/** The chunked coding (RFC 9112, 7.1): sizes, extensions, ends of lines, trailers. */
final class Chunks {
    private static final String HEAD = LINE + HOST + CHUNKED + "\r\n";
    private static final String SIZE = Integer.toHexString(BODY.length());

    private Chunks() {}

    static void addTo(List<HostileRequest> requests) {
        sizes(new Category("chunk size", requests));
        ends(new Category("chunk ends", requests));
        extensions(new Category("chunk extension", requests));
        trailers(new Category("trailer", requests));
    }

    /** As the first chunk, as the second, and as the last. */
    private static void chunks(Category into, Demand demand, String rfc, String what, String line, boolean last) {
        String sized = line + "\r\n";
        if (!last) {
            into.raw(demand, rfc, "first, " + what, HEAD + sized + BODY + "\r\n0\r\n\r\n", BODY);
            into.raw(demand, rfc, "second, " + what, HEAD + "1\r\na\r\n" + sized + BODY + "\r\n0\r\n\r\n", "a" + BODY);
        } else {
            into.raw(demand, rfc, "last, " + what, HEAD + chunk(BODY) + sized + "\r\n", BODY);
        }
    }

    private static void sizes(Category into) {
        for (String size : List.of(
                "-1",
                "-" + SIZE,
                "+" + SIZE,
                "0x" + SIZE,
                "0X" + SIZE,
                SIZE + "h",
                "x" + SIZE,
                "g",
                "G0",
                " " + SIZE,
                "\t" + SIZE,
                SIZE + " ",
                SIZE + "\t",
                SIZE + " " + SIZE,
                SIZE + ".0",
                SIZE + "," + SIZE,
                SIZE + "_",
                "\"" + SIZE + "\"",
                "",
                SIZE + "\u0000",
                SIZE + "\u00a0",
                "\u00ff",
                "1" + "0".repeat(14) + SIZE,
                "f".repeat(16),
                "F".repeat(17),
                "8" + "0".repeat(15),
                "1" + "0".repeat(30) + SIZE,
                SIZE + ":",
                "#" + SIZE,
                SIZE + "\u000b",
                "%35",
                SIZE + "\r",
                "\r\n" + SIZE,
                "PUT /exchange/x HTTP/1.1")) {
            // A size that is a number, and more than comes, is only incomplete; none of these comes so far.
            chunks(into, Demand.REFUSE_AND_CLOSE, "9112, 7.1", shown(size), size, false);
        }
        for (String size : List.of(SIZE.toUpperCase(java.util.Locale.ROOT), "0" + SIZE, "00000" + SIZE)) {
            chunks(into, Demand.ACCEPT, "9112, 7.1", shown(size), size, false);
        }
        chunks(into, Demand.EITHER, "9112, 7.1", "a hundred zeros", "0".repeat(100) + SIZE, false);
        for (String size :
                List.of("-0", "+0", "0x0", "0 ", " 0", "0\u0000", "0h", "", "\"0\"", "0.0", "00\u00a0", "O")) {
            chunks(into, Demand.REFUSE_AND_CLOSE, "9112, 7.1", shown(size), size, true);
        }
        for (String size : List.of("0", "00", "0000000")) {
            chunks(into, Demand.ACCEPT, "9112, 7.1", shown(size), size, true);
        }
        for (String rest : List.of(
                "",
                "5",
                "5\r\n",
                "5\r\nabc",
                "5\r\nabcde",
                "5\r\nabcde\r",
                "5\r\nabcde\r\n",
                "5\r\nabcde\r\n0",
                "7fffffffffffffff\r\na",
                "7fffffff\r\na",
                "ffffffff\r\na")) {
            into.ended(Demand.REFUSE_AND_CLOSE, "9112, 8", "ends with " + shown(rest), HEAD + rest, "abcde");
        }
        into.ended(Demand.EITHER, "9112, 8", "ends behind the last chunk", HEAD + "5\r\nabcde\r\n0\r\n", "abcde");
        into.ended(Demand.EITHER, "9112, 8", "ends in a trailer", HEAD + "5\r\nabcde\r\n0\r\nX: y", "abcde");
        into.ended(Demand.EITHER, "9112, 8", "ends behind a trailer", HEAD + "5\r\nabcde\r\n0\r\nX: y\r\n", "abcde");
        into.raw(
                Demand.ACCEPT,
                "9112, 7.1",
                "many of one byte",
                HEAD + "1\r\na\r\n".repeat(500) + "0\r\n\r\n",
                "a".repeat(500));
    }

    private static void ends(Category into) {
        for (String end : List.of(
                "\n",
                "\r",
                "\n\r",
                "\r\r\n",
                "\r\n\r\n",
                "",
                " \r\n",
                "x\r\n",
                "\u0000\r\n",
                "\n\n",
                ";\r\n",
                "\r\n ",
                "\u0085")) {
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 7.1",
                    "of data " + shown(end),
                    HEAD + "5\r\nabcde" + end + chunk(BODY) + "0\r\n\r\n",
                    "abcde" + BODY);
            if (!List.of("\r\n\r\n", "").contains(end)) { // these only begin data, or another size
                into.raw(
                        Demand.REFUSE_AND_CLOSE,
                        "9112, 7.1",
                        "of a size " + shown(end),
                        HEAD + "5" + end + "abcde\r\n" + chunk(BODY) + "0\r\n\r\n",
                        BODY);
            }
        }
        for (String end : List.of("\n", "\r", "\n\r", "\r\r\n", " \r\n", "x\r\n", "\u0000\r\n")) {
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 7.1",
                    "of the last size " + shown(end),
                    HEAD + chunk(BODY) + "0" + end + "\r\n",
                    BODY);
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 7.1",
                    "of the body " + shown(end),
                    HEAD + chunk(BODY) + "0\r\n" + end,
                    BODY);
        }
        into.raw(
                Demand.REFUSE_AND_CLOSE,
                "9112, 7.1",
                "too few data",
                HEAD + "6\r\nabcde\r\n" + chunk(BODY) + "0\r\n\r\n",
                BODY);
        into.raw(
                Demand.REFUSE_AND_CLOSE,
                "9112, 7.1",
                "too many data",
                HEAD + "4\r\nabcde\r\n" + chunk(BODY) + "0\r\n\r\n",
                BODY);
        into.raw(Demand.REFUSE_AND_CLOSE, "9112, 7.1", "no last chunk", HEAD + chunk(BODY) + "\r\n", BODY);
    }

    private static void extensions(Category into) {
        for (String extension : List.of(
                ";a",
                ";a=b",
                ";a=\"b\"",
                ";a=\"\"",
                ";a=\"b;c\"",
                ";a=\"b\\\"c\"",
                ";a=\"\\\\\"",
                " ;a",
                "\t; \ta = b",
                ";a;b;c=d",
                ";a=b;a=b",
                ";a=\"\u00e9\"",
                ";a=\"\t\"",
                ";!#$%&'*+-.^_`|~=0",
                ";Content-Length=1",
                ";a=" + "b".repeat(2_000),
                ";a".repeat(500))) {
            chunks(into, Demand.ACCEPT, "9112, 7.1.1", shown(extension), SIZE + extension, false);
            chunks(into, Demand.ACCEPT, "9112, 7.1.1", shown(extension), "0" + extension, true);
        }
        for (String extension : List.of(
                ";",
                ";;",
                ";;a",
                ";a;",
                ";a=",
                ";=b",
                ";a==b",
                ";a=b=c",
                ";a=\"b",
                ";a=b\"",
                ";a=\"b\"c",
                ";a=\"b\"\"c\"",
                ";a b",
                ";a=b c",
                ";\u0000",
                ";a=\u0000",
                ";a=\"\u0000\"",
                ";a=\"\\\u0000\"",
                ";a\rb",
                ";a=\"\r\"",
                ";a\nb",
                ";a=\"\n\"",
                ";\n",
                ";a=\n",
                ";a=\"\\\n\"",
                ";a=\"\r\n\"",
                ";\u00e9",
                ";a=\u00e9",
                ";a/b",
                ";(a)",
                ",y",
                " y",
                "y",
                ";a,b",
                ";a=\"\u007f\"",
                ";a=\u0001",
                "=b",
                ":a",
                ";a=\"b\u0001\"",
                ";[a]")) {
            chunks(into, Demand.REFUSE_AND_CLOSE, "9112, 7.1.1", shown(extension), SIZE + extension, false);
            chunks(into, Demand.REFUSE_AND_CLOSE, "9112, 7.1.1", shown(extension), "0" + extension, true);
        }
        chunks(
                into,
                Demand.REFUSE_AND_CLOSE,
                "9112, 7.1.1",
                "too long",
                SIZE + ";a=" + "b".repeat(FieldLines.MOST_HEADER_BYTES),
                false);
        chunks(
                into,
                Demand.REFUSE_AND_CLOSE,
                "9112, 7.1.1",
                "too many",
                SIZE + ";a=b".repeat(FieldLines.MOST_HEADER_BYTES / 4),
                false);
    }

    private static void trailers(Category into) {
        for (String field : List.of(
                "X: y",
                "X:",
                "X:y\r\nX:z",
                "Trailer: X",
                "Digest: x",
                "Content-Length: 1",
                "Content-Length: -1",
                "Content-Length: " + BODY.length(),
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: gzip",
                "Host: other.example",
                "Host: localhost\r\nHost: b",
                "Content-Encoding: gzip",
                "Content-Type: text/plain",
                "Content-Digest: sha-256=:AAAA:",
                "Content-Disposition: attachment; filename=x",
                "Content-Range: bytes 0-1/2",
                "Idempotency-Key: \"x\"",
                "Authorization: Basic x",
                "Connection: close",
                "Connection: keep-alive",
                "Expect: 100-continue",
                "Upgrade: h2c",
                "Cookie: a=b",
                "Set-Cookie: a=b",
                "CamelFileName: x",
                "partner: globex",
                "Max-Forwards: 0",
                "TE: trailers",
                "Age: 1",
                "X: \u00ff",
                "Forwarded: for=10.0.0.1",
                "Client-Cert: :AAAA:")) {
            into.raw(
                    Demand.ACCEPT,
                    "9110, 6.5.1; 9112, 7.1.2",
                    shown(field),
                    HEAD + chunk(BODY) + "0\r\n" + field + "\r\n\r\n",
                    BODY);
        }
        for (String line : List.of(
                "X : y",
                "X\t: y",
                "X",
                ": y",
                " X: y",
                "\tX: y",
                "X: y\r\n z",
                "X: y\r\n\tz",
                "X: \u0000",
                "X: y\rz",
                "X: y\nz",
                "X\u0000: y",
                "X\u00e9: y",
                "X(: y",
                "\"X\": y",
                "X y: z",
                "PUT /exchange/x HTTP/1.1",
                "Content-Length : 1",
                "Transfer-Encoding : chunked",
                "X: y\n",
                "X\u000b: y",
                "\u0000",
                "\r\r")) {
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 5 and 7.1.2",
                    shown(line),
                    HEAD + chunk(BODY) + "0\r\n" + line + "\r\n\r\n",
                    BODY);
        }
        into.raw(
                Demand.REFUSE_AND_CLOSE,
                "9110, 5.4",
                "too long",
                HEAD + chunk(BODY) + "0\r\nX: " + "y".repeat(FieldLines.MOST_HEADER_BYTES) + "\r\n\r\n",
                BODY);
        into.raw(
                Demand.REFUSE_AND_CLOSE,
                "9110, 5.4",
                "too many",
                HEAD + chunk(BODY) + "0\r\n" + "X: y\r\n".repeat(2_000) + "\r\n",
                BODY);
    }
}

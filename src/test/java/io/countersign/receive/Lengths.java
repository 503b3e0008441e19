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

/** Where a body ends (RFC 9112, 6): Content-Length, Transfer-Encoding, and both. */
final class Lengths {
    private static final String CHUNKS = chunk(BODY) + "0\r\n\r\n";

    private Lengths() {}

    static void addTo(List<HostileRequest> requests) {
        lengths(new Category("Content-Length", requests));
        codings(new Category("Transfer-Encoding", requests));
        both(new Category("both lengths", requests));
    }

    private static void lengths(Category into) {
        int length = BODY.length();
        for (String value : List.of(
                "-1",
                "-" + length,
                "+" + length,
                "0x" + Integer.toHexString(length),
                "0x0",
                length + ".0",
                length + "e0",
                "1e2",
                length + " " + length,
                length + "\t1",
                "1 0",
                length + "," + (length + 1),
                (length + 1) + "," + length,
                "0," + length,
                length + ";" + length,
                length + "; a=b",
                "\"" + length + "\"",
                "'" + length + "'",
                "(" + length + ")",
                "\u00b9",
                length + "\u00a0",
                "\u00a0" + length,
                "NaN",
                "Infinity",
                "-0",
                "+0",
                "--1",
                "9223372036854775808",
                "18446744073709551616",
                "18446744073709551" + (616 + length),
                "4294967296000000000000" + length,
                "1".repeat(40),
                "9".repeat(1_000),
                "0b1",
                "0o7",
                "1_0",
                length + "_",
                length + "%20",
                length + "#",
                length + "b",
                length + "KB",
                length + "\u0000",
                length + "\u0001",
                length + "\u000b",
                "\u000b" + length,
                "\f" + length,
                "a",
                "",
                " ",
                ",",
                "null",
                "chunked",
                "*",
                "-",
                "+",
                ".",
                length + "/" + length,
                "0 0",
                "1,000",
                "1'000",
                length + "\r",
                "\u00e9",
                "\u00d9\u00a3")) {
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 6.3; 9110, 8.6",
                    shown(value),
                    LINE + HOST + "Content-Length: " + value + "\r\n");
        }
        for (String value : List.of(
                length + ", " + length,
                length + "," + length,
                length + " , " + length,
                length + ",",
                "," + length,
                "0" + length,
                "0000" + length,
                "0".repeat(30) + length)) {
            into.add(
                    Demand.EITHER,
                    "9112, 6.3; 9110, 8.6",
                    shown(value),
                    LINE + HOST + "Content-Length: " + value + "\r\n");
        }
        for (String line : List.of(
                "Content-Length:" + length,
                "Content-Length:  " + length + "  ",
                "Content-Length:\t" + length + "\t",
                "content-length: " + length,
                "CONTENT-LENGTH: " + length,
                "cOnTeNt-LeNgTh: " + length)) {
            into.add(Demand.ACCEPT, "9110, 8.6; 9112, 5.1", shown(line), LINE + HOST + line + "\r\n");
        }
        for (String other :
                List.of(String.valueOf(length + 1), "0", "1", "-1", "", "x", "9223372036854775808", length + ", 1")) {
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 6.3",
                    "and then " + shown(other),
                    LINE + HOST + LENGTH + "Content-Length: " + other + "\r\n");
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 6.3",
                    "and before " + shown(other),
                    LINE + HOST + "Content-Length: " + other + "\r\n" + LENGTH);
            into.add(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 6.3",
                    "and far behind " + shown(other),
                    LINE + LENGTH + HOST + "X: y\r\ncontent-length:" + other + "\r\n");
        }
        into.add(Demand.EITHER, "9112, 6.3", "twice the same", LINE + HOST + LENGTH + LENGTH);
        into.add(
                Demand.EITHER,
                "9112, 6.3",
                "three times the same",
                LINE + HOST + LENGTH + LENGTH + "X: y\r\n" + LENGTH);
        into.raw(Demand.ACCEPT, "9112, 6.3", "none", LINE + HOST + "\r\n", "");
        into.raw(Demand.ACCEPT, "9112, 6.3", "0", LINE + HOST + "Content-Length: 0\r\n\r\n", "");
        into.raw(Demand.ACCEPT, "9112, 6.3", "none, by POST", LINE.replace("PUT", "POST") + HOST + "\r\n", "");
        for (String more :
                List.of(String.valueOf(length + 1), "1000", "1000000000", "9223372036854775807", "9999999999")) {
            into.ended(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 8",
                    "more than comes: " + more,
                    LINE + HOST + "Content-Length: " + more + "\r\n\r\n" + BODY,
                    BODY);
        }
        for (String part : List.of(
                "PUT",
                "PUT /exchange/r{n} HTTP/1.1",
                LINE,
                LINE + "Ho",
                LINE + HOST,
                LINE + HOST + LENGTH,
                LINE + HOST + LENGTH + "\r",
                LINE + HOST + LENGTH + "\r\n",
                LINE + HOST + LENGTH + "\r\nP")) {
            into.ended(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 8",
                    "ends with " + shown(part.substring(Math.max(0, part.length() - 20))),
                    part,
                    BODY);
        }
    }

    private static void codings(Category into) {
        for (String value : List.of("chunked", "Chunked", "CHUNKED", "cHuNkEd", " chunked ", "\tchunked\t")) {
            into.raw(
                    Demand.ACCEPT,
                    "9112, 6.1; 9110, 5.5",
                    shown(value),
                    LINE + HOST + "transfer-ENCODING:" + value + "\r\n\r\n" + CHUNKS,
                    BODY);
        }
        for (String value : List.of("chunked,", ",chunked", " ,, chunked ,")) {
            into.raw(
                    Demand.EITHER,
                    "9110, 5.6.1",
                    shown(value),
                    LINE + HOST + "Transfer-Encoding: " + value + "\r\n\r\n" + CHUNKS,
                    BODY);
        }
        for (String value : List.of(
                "gzip, chunked",
                "deflate,chunked",
                "compress, chunked",
                "br, chunked",
                "x, chunked",
                "x-gzip, chunked",
                "gzip, deflate, chunked",
                "identity, chunked")) {
            into.raw(
                    Demand.REFUSE,
                    "9112, 6.1",
                    shown(value),
                    LINE + HOST + "Transfer-Encoding: " + value + "\r\n\r\n" + CHUNKS,
                    BODY);
        }
        for (String value : List.of(
                "chunked, chunked",
                "chunked,chunked",
                "chunked, gzip",
                "chunked, identity",
                "chunked, x",
                "chunked, gzip, chunked",
                "identity",
                "gzip",
                "deflate",
                "br",
                "trailers",
                "xchunked",
                "chunkedx",
                "x-chunked",
                "chunked;q=1",
                "chunked;a=b",
                "chunked; a=\"b\"",
                "chunked;",
                "\"chunked\"",
                "'chunked'",
                "`chunked`",
                "chunk",
                "chunke",
                "chunked\u000b",
                "\u000bchunked",
                "\fchunked",
                "chunk ed",
                "chun\tked",
                "chunked gzip",
                "gzip chunked",
                "chunked chunked",
                "",
                " ",
                ",",
                ";",
                "*",
                "none",
                "null",
                "0",
                "1",
                "-1",
                "chunked\u00a0",
                "\u00a0chunked",
                "chunked\u0000",
                "\u0000chunked",
                "chunked\u0001",
                "chunked\u007f",
                "\u00ffchunked",
                "chunked\u00ff",
                "chunked:",
                ": chunked",
                "=chunked",
                "chunked=",
                "chunked/1",
                "(chunked)",
                "<chunked>",
                "%63hunked",
                "c\\hunked",
                "\\chunked",
                "\"chunked",
                "chunked\"",
                "x, \"chunked\"",
                "\"gzip, chunked\"",
                "\"gzip\", \"chunked\"",
                "chunked\r\n\tgzip",
                "chunKed.")) {
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 6.1 and 6.3",
                    shown(value),
                    LINE + HOST + "Transfer-Encoding: " + value + "\r\n\r\n" + CHUNKS,
                    BODY);
        }
        List<String> each = List.of("chunked", "gzip", "identity", "x", "");
        for (String one : each) {
            for (String two : each) {
                boolean once = (one.equals("chunked") && two.isEmpty()) || (one.isEmpty() && two.equals("chunked"));
                Demand demand = once
                        ? Demand.EITHER
                        : two.equals("chunked") && !one.equals("chunked") ? Demand.REFUSE : Demand.REFUSE_AND_CLOSE;
                into.raw(
                        demand,
                        "9112, 6.1 and 6.3",
                        "in two lines '" + one + "' '" + two + "'",
                        LINE + HOST + "Transfer-Encoding: " + one + "\r\nTransfer-Encoding: " + two + "\r\n\r\n"
                                + CHUNKS,
                        BODY);
            }
        }
        for (String connection :
                List.of("", "Connection: keep-alive\r\n", LENGTH, LENGTH + "Connection: keep-alive\r\n")) {
            into.raw(
                    Demand.REFUSE_AND_CLOSE,
                    "9112, 6.1",
                    "in HTTP/1.0 " + shown(connection),
                    LINE.replace("1.1\r", "1.0\r") + HOST + connection + CHUNKED + "\r\n" + CHUNKS,
                    BODY);
        }
    }

    /** RFC 9112, 6.1 lets a server refuse both, or go by the coding and close; an attempt at smuggling is nothing to go by. */
    private static void both(Category into) {
        for (String coding :
                List.of("chunked", "Chunked", "gzip, chunked", "identity", "xchunked", "", "chunked, chunked")) {
            for (String length : List.of(String.valueOf(CHUNKS.length()), "0", "4", "1000000", "-1", "x")) {
                String encoding = "Transfer-Encoding: " + coding + "\r\n";
                String announced = "Content-Length: " + length + "\r\n";
                into.raw(
                        Demand.REFUSE_AND_CLOSE,
                        "9112, 6.1",
                        length + " before '" + coding + "'",
                        LINE + HOST + announced + encoding + "\r\n" + CHUNKS,
                        BODY);
                into.raw(
                        Demand.REFUSE_AND_CLOSE,
                        "9112, 6.1",
                        length + " behind '" + coding + "'",
                        LINE + HOST + encoding + announced + "\r\n" + CHUNKS,
                        BODY);
            }
        }
    }
}

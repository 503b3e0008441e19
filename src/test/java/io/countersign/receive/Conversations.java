package io.countersign.receive;

import static io.countersign.receive.HostileRequest.BODY;
import static io.countersign.receive.HostileRequest.HOST;
import static io.countersign.receive.HostileRequest.LINE;
import static io.countersign.receive.HostileRequest.chunk;

import io.countersign.receive.HostileRequest.Category;
import io.countersign.receive.HostileRequest.Demand;
import java.util.List;

/** Requests that are well framed and refused, with a body that spells another (RFC 9112, 9.3 and 11.2). */
final class Conversations {
    private Conversations() {}

    static void addTo(List<HostileRequest> requests) {
        Category into = new Category("behind a refused body", requests);
        for (String line : List.of(
                LINE.replace("{n}", "%00"),
                LINE.replace("{n}", "a%2fb"),
                LINE.replace("{n}", "%"),
                LINE.replace("/exchange", "/other"),
                LINE.replace("/exchange/r{n}", "/exchange"),
                LINE.replace("PUT", "DELETE"),
                LINE.replace("PUT", "PATCH"),
                LINE.replace("PUT", "HEAD"),
                LINE.replace("PUT", "GET"),
                LINE.replace("PUT", "TRACE"),
                LINE.replace("PUT", "X"),
                LINE + "Content-Encoding: gzip\r\n",
                LINE + "Content-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n",
                LINE + "Content-Disposition: x\r\nIdempotency-Key: \"\u00ff\r\n")) {
            for (String more : List.of("", "Connection: close\r\n", "Expect: 100-continue\r\n")) {
                String head = line + HOST + more;
                String what = HostileRequest.shown(line + more);
                into.raw(Demand.REFUSE, "9112, 9.3", what, head + HostileRequest.LENGTH + "\r\n" + BODY, BODY);
                into.raw(
                        Demand.REFUSE,
                        "9112, 9.3",
                        "in chunks: " + what,
                        head + HostileRequest.CHUNKED + "\r\n" + chunk(BODY) + "0\r\n\r\n",
                        BODY);
            }
        }
    }
}

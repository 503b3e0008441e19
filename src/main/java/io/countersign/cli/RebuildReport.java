package io.countersign.cli;

import io.countersign.rebuild.Rebuilt;
import io.countersign.text.OneLine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** What a rebuild did on standard output, and what somebody should know of it on standard error. */
record RebuildReport(Rebuilt rebuilt, PrintWriter out, PrintWriter err) {
    private static final int MOST_NAMED = 100;

    void print(Path data) {
        out.println(
                "in the ledger: " + rebuilt.received() + " received, " + rebuilt.sent() + " sent, " + rebuilt.failed()
                        + " failed" + (rebuilt.known() == 0 ? "" : "; " + rebuilt.known() + " were in it already"));
        if (rebuilt.past() > 0) {
            out.println("left out, since their time is over (countersign.keep-receipts): " + rebuilt.past());
        }
        named("keys that more than one receipt has", rebuilt.contested());
        named(
                "in inboxes without a receipt, and left alone; the ledger does not know them, and who sent them may send"
                        + " them again",
                rebuilt.unreceipted().stream()
                        .map(file -> data.relativize(file).toString())
                        .toList());
        if (rebuilt.waiting() > 0) {
            err.println("files in outboxes: " + rebuilt.waiting()
                    + "; they will be sent under new keys, and one whose sending"
                    + " was under way may be delivered a second time, unless the partner finds that by other means");
        }
        named("cannot be used, and left out", rebuilt.damaged());
        out.flush();
        err.flush();
    }

    private void named(String what, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        err.println(what + ": " + lines.size());
        lines.stream().limit(MOST_NAMED).forEach(line -> err.println("  " + OneLine.printable(line)));
        if (lines.size() > MOST_NAMED) {
            err.println("  and " + (lines.size() - MOST_NAMED) + " more");
        }
    }
}

package io.countersign.doctor;

import io.countersign.ledger.LedgerLook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Whether the ledger can be read, is whole, and belongs to this data folder. */
final class LedgerCheck {
    private static final String FILE = "jdbc:sqlite:";

    private final Installation installation;
    private final Path data;

    LedgerCheck(Installation installation) {
        this.installation = installation;
        this.data = installation.data();
    }

    Finding look() {
        String step = "ledger";
        String url = installation.settings().get("countersign.ledger-url");
        try {
            if (url.startsWith(FILE) && !Files.exists(Path.of(url.substring(FILE.length())))) {
                return hasReceipts()
                        ? Finding.failed(
                                step,
                                "there is none",
                                new Cause(
                                        "the ledger " + url.substring(FILE.length())
                                                + " is gone, although there are receipts: what was received would be taken again",
                                        "we restore it, or build it anew with 'countersign ledger rebuild'"))
                        : Finding.none(step, "there is none yet; the first start makes it");
            }
            return judge(LedgerLook.at(
                    url,
                    installation.settings().get("countersign.ledger-user"),
                    installation.settings().get("countersign.ledger-password"),
                    node()));
        } catch (IOException unusable) {
            return Finding.failed(
                    step,
                    "cannot be used",
                    new Cause(
                            String.valueOf(unusable.getMessage()),
                            url.startsWith(FILE)
                                    ? "we restore it, or build it anew with 'countersign ledger rebuild'"
                                    : "we look at the database server, and at countersign.ledger-url, -user and -password"));
        }
    }

    private Finding judge(LedgerLook look) throws IOException {
        String step = "ledger";
        String seen = look.name() + size() + ", tables of version " + look.version();
        if (!look.damage().isEmpty()) {
            return Finding.failed(
                    step,
                    seen,
                    new Cause(
                            "it is damaged: " + look.damage(),
                            "we stop the service, restore the ledger, or build it anew with 'countersign ledger rebuild'"));
        }
        if (look.isNewer()) {
            return Finding.failed(
                    step,
                    seen,
                    new Cause("a newer Countersign made it", "we run that one, or restore an older ledger"));
        }
        return look.knowsFolder() || !hasReceipts()
                ? Finding.ok(step, seen)
                : Finding.failed(
                        step,
                        seen,
                        new Cause(
                                "it knows nothing of this data folder, which has receipts: it belongs to another",
                                "we put the right one back, or build it anew with 'countersign ledger rebuild'"));
    }

    private String size() throws IOException {
        String url = installation.settings().get("countersign.ledger-url");
        return url.startsWith(FILE) ? ", " + Files.size(Path.of(url.substring(FILE.length()))) / 1000 + " kB" : "";
    }

    private String node() throws IOException {
        Path node = data.resolve("node");
        return Files.exists(node) ? Files.readString(node).strip() : "";
    }

    private boolean hasReceipts() throws IOException {
        for (String folder : List.of("receipts", "sent")) {
            if (Files.isDirectory(data.resolve(folder))) {
                try (Stream<Path> files = Files.walk(data.resolve(folder))) {
                    if (files.anyMatch(file -> file.toString().endsWith(".json"))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}

package io.countersign.cli;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerReader;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The ledger that the settings name. */
final class Ledgers {
    private static final String URL = "countersign.ledger-url";
    private static final String FILE = "jdbc:sqlite:";

    private Ledgers() {}

    /** @param node whose data folder it is for */
    static Ledger of(Settings settings, String node) {
        return new Ledger(
                settings.get(URL),
                settings.get("countersign.ledger-user"),
                settings.get("countersign.ledger-password"),
                node);
    }

    /** To be read alone, beside the service. */
    static LedgerReader reader(Settings settings) {
        return new LedgerReader(
                settings.get(URL),
                settings.get("countersign.ledger-user"),
                settings.get("countersign.ledger-password"));
    }

    /** Opens it for a service. Fails closed where it cannot know what was received before. */
    static void open(Ledger ledger, Settings settings, Problems problems) {
        Path data = settings.path("countersign.data");
        try {
            makeFolder(settings, data);
            ledger.open();
            if (ledger.isBuilt()) {
                return;
            }
            Optional<Path> evidence = evidence(data);
            if (evidence.isEmpty()) {
                ledger.markBuilt();
                return;
            }
            problems.add(
                    settings.where(URL),
                    "the ledger is empty although " + data + " has receipts, such as " + evidence.get()
                            + ": keys that were used would be forgotten; restore it, or build it anew with"
                            + " 'countersign ledger rebuild'");
        } catch (IOException unusable) {
            problems.add(settings.where(URL), String.valueOf(unusable.getMessage()));
        }
    }

    /** One below the data folder is as much ours as that. */
    private static void makeFolder(Settings settings, Path data) throws IOException {
        String url = settings.get(URL);
        Path folder =
                url.startsWith(FILE) ? Path.of(url.substring(FILE.length())).getParent() : null;
        if (folder != null && folder.normalize().startsWith(data.normalize())) {
            Files.createDirectories(folder);
        }
    }

    /** A file that there is only where something was received or sent before. */
    private static Optional<Path> evidence(Path data) throws IOException {
        for (String folder : List.of("receipts", "sent")) {
            Path start = data.resolve(folder);
            if (!Files.isDirectory(start)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(start)) {
                Optional<Path> found = files.filter(Files::isRegularFile)
                        .filter(file -> file.getFileName().toString().endsWith(".json"))
                        .findFirst();
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }
}

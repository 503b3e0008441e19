package io.countersign.cli;

import io.countersign.ledger.LedgerReader;
import io.countersign.receipt.KeptReceipts;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.tls.Authorities;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --home} of a command. */
final class HomeOption {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The folder with routes/ and countersign.properties (default: the working directory).")
    private Path folder = Path.of("");

    Home open() {
        return Home.open(folder);
    }

    /** @see Home#openOffline */
    Home openOffline(@Nullable Authorities instead) {
        return Home.openOffline(folder, instead);
    }

    /** The receipts of its data folder; nothing else of the home is read. */
    KeptReceipts receipts() {
        return new KeptReceipts(data());
    }

    /** The ledger that its settings name, to be read alone. */
    LedgerReader ledger() {
        return Ledgers.reader(settings());
    }

    Path data() {
        return settings().path("countersign.data").normalize();
    }

    private Settings settings() {
        Home.quiet();
        return Settings.gather(folder, System.getenv(), System.getProperties(), new Problems());
    }
}

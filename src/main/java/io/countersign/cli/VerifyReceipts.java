package io.countersign.cli;

import io.countersign.cli.ReceiptVerdict.Standing;
import io.countersign.receipt.KeptReceipt;
import io.countersign.receipt.KeptReceipts;
import io.countersign.text.OneLine;
import io.countersign.tls.KeyMaterialException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign receipts verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Verifies receipts: of signed ones the signature, that the signer's certificate was valid then and holds under the"
                    + " trust, and that the signer is who it should be: we, below receipts/; the partner, below sent/; anyone"
                    + " whom the trust knows, elsewhere. Of all of them size and digest of the payload, where that is there.",
            "Without arguments, all receipts of the home folder; what does not verify is named."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:all of them are good",
            "1:at least one is not, or is named and has neither a signature nor a payload; why was printed",
            "2:wrong usage"
        })
final class VerifyReceipts implements Callable<Integer> {
    /** From which number on one wonders. */
    private static final int MANY = 200;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = ReceiptCommands.WHICH, description = ReceiptCommands.WHICH_MEANT, arity = "0..*")
    private List<String> which = new ArrayList<>();

    @Option(names = "--payload", paramLabel = "FILE", description = "The payload that the one receipt should be for.")
    private @Nullable Path payload;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "PEM file of certificates to trust instead of countersign.trust: of authorities, or of signers.")
    private @Nullable Path ca;

    private final Map<Standing, Integer> counts = new EnumMap<>(Standing.class);

    @Override
    public Integer call() throws IOException {
        if (payload != null && which.size() != 1) {
            throw new ParameterException(spec.commandLine(), "--payload is for one receipt, which must be named");
        }
        if (payload != null && !Files.isRegularFile(payload)) {
            throw new ParameterException(spec.commandLine(), "--payload " + payload + " is not a file");
        }
        PrintWriter out = spec.commandLine().getOut();
        KeptReceipts kept = home.receipts();
        List<KeptReceipt> receipts = new ArrayList<>();
        boolean missing = false;
        for (String each : which) {
            List<KeptReceipt> found = kept.named(each);
            if (found.isEmpty()) {
                missing = true;
                spec.commandLine().getErr().println(each + ": no such file, and no receipt here has this id");
            }
            receipts.addAll(found);
        }
        if (which.isEmpty()) {
            receipts.addAll(kept.received(null));
            receipts.addAll(kept.sent(null));
        }
        try (ReceiptSigners signers = ReceiptSigners.of(home, ca);
                ProgressBar bar = receipts.size() < MANY ? null : bar(receipts.size())) {
            for (KeptReceipt each : receipts) {
                tell(each, ReceiptVerdict.of(each, payload, signers));
                if (bar != null) {
                    bar.step();
                }
            }
        } catch (KeyMaterialException unusable) {
            spec.commandLine().getErr().println(unusable.getMessage());
            return 1;
        }
        out.println(summary(receipts.size()));
        boolean unproven = !which.isEmpty() && counts.containsKey(Standing.UNPROVEN);
        return missing || unproven || counts.containsKey(Standing.WRONG) ? 1 : 0;
    }

    private void tell(KeptReceipt receipt, ReceiptVerdict verdict) {
        counts.merge(verdict.standing(), 1, Integer::sum);
        boolean wrong = verdict.standing() == Standing.WRONG;
        if (wrong || !which.isEmpty()) {
            String line =
                    verdict.standing().name().toLowerCase(Locale.ROOT) + ": " + receipt.file() + ": " + verdict.words();
            (wrong ? spec.commandLine().getErr() : spec.commandLine().getOut()).println(OneLine.printable(line));
        }
    }

    private String summary(int all) {
        return all + (all == 1 ? " receipt: " : " receipts: ") + count(Standing.GOOD) + " signed and good, "
                + count(Standing.UNSIGNED) + " that nobody has signed and whose payload has its digest, "
                + count(Standing.UNPROVEN) + " that nobody has signed and whose payload is not here, "
                + count(Standing.WRONG) + " wrong";
    }

    private int count(Standing standing) {
        return counts.getOrDefault(standing, 0);
    }

    private static ProgressBar bar(int all) {
        return new ProgressBarBuilder()
                .setTaskName("receipts")
                .setInitialMax(all)
                .setStyle(ProgressBarStyle.ASCII)
                .build();
    }
}

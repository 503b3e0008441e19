package io.countersign.cli;

import io.countersign.receipt.KeptReceipt;
import io.countersign.receipt.KeptReceipt.Content;
import io.countersign.receipt.ReceiptException;
import io.countersign.receipt.SignedReceipt;
import io.countersign.tls.Certificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign receipts show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "Shows what a receipt says, who has signed it and when, and where its payload is, if it is still there."
                        + " Whether the signer is whom it should be, verify says.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:it was shown",
            "1:there is none, or something is wrong with it, and was printed",
            "2:wrong usage"
        })
final class ShowReceipt implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = ReceiptCommands.WHICH, description = ReceiptCommands.WHICH_MEANT)
    private String which = "";

    @Option(names = "--json", description = "All of it as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        List<KeptReceipt> found = home.receipts().named(which);
        if (found.isEmpty()) {
            err.println(which + ": no such file, and no receipt here has this id");
            return 1;
        }
        int wrong = 0;
        for (KeptReceipt each : found) {
            try {
                show(each, each.read());
            } catch (ReceiptException unusable) {
                wrong++;
                err.println(each.file() + ": " + unusable.getMessage());
                showStated(each);
            }
        }
        return wrong == 0 ? 0 : 1;
    }

    /** What it says is worth seeing also where nothing proves it. */
    private void showStated(KeptReceipt receipt) throws IOException {
        try {
            show(receipt, receipt.readStated());
        } catch (ReceiptException nothing) {
            spec.commandLine().getErr().println("nothing of it can be shown");
        }
    }

    private void show(KeptReceipt receipt, Content content) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        JsonObject stated = parsed(content.text());
        JsonObject facts = facts(receipt, content.signature(), receipt.payload(content.stated()));
        if (json) {
            JsonObject all = new JsonObject();
            all.put("receipt", stated);
            all.putAll(facts);
            Shown.json(out, all);
        } else {
            Shown.json(out, stated);
            out.println();
            Shown.lines(out, facts);
        }
    }

    private static JsonObject facts(KeptReceipt receipt, @Nullable SignedReceipt signature, @Nullable Path payload) {
        JsonObject facts = new JsonObject();
        facts.put("file", receipt.file().toString());
        if (signature == null) {
            facts.put("signedBy", "nobody");
        } else {
            facts.put("signedBy", signature.signerName());
            facts.put("certificate", Certificates.fingerprint(signature.signer()));
            facts.put("signedAt", signature.signedAt().toString());
        }
        facts.put("payload", payload == null ? "not here any more, or put elsewhere" : payload.toString());
        return facts;
    }

    private static JsonObject parsed(String text) {
        try {
            return (JsonObject) Jsoner.deserialize(text);
        } catch (DeserializationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

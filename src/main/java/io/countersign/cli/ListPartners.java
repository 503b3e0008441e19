package io.countersign.cli;

import io.countersign.route.PartnerFiles.Found;
import io.countersign.settings.Problems;
import io.countersign.text.OneLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersign partners list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description =
                "One line for each partner: whether it is enabled, by what it is identified, when the first of its"
                        + " certificates runs out, when it was last admitted, and where it receives.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every file can be used", "1:something is wrong, and was printed", "2:wrong usage"})
final class ListPartners implements Callable<Integer> {
    private static final List<String> COLUMNS =
            List.of("NAME", "ENABLED", "IDENTIFIED BY", "VALID UNTIL", "LAST USED", "URL");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        try (Home here = home.open()) {
            Problems problems = here.problems();
            Found found = here.files().read(problems);
            Instant now = Instant.now();
            List<JsonObject> partners = new ArrayList<>();
            found.described()
                    .forEach((name, described) ->
                            partners.add(new PartnerFacts(name, described, found, here.data(), now).brief()));
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                JsonObject all = new JsonObject();
                all.put("partners", new JsonArray(partners));
                all.put("problems", new JsonArray(problems.found()));
                Shown.json(out, all);
            } else {
                print(out, partners);
                problems.found().forEach(problem -> spec.commandLine().getErr().println("wrong: " + problem));
            }
            return problems.isEmpty() ? 0 : 1;
        }
    }

    private static void print(PrintWriter out, List<JsonObject> partners) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (JsonObject partner : partners) {
            rows.add(List.of(
                    text(partner, "name"),
                    !partner.getBooleanOrDefault("usable", false)
                            ? "wrong"
                            : partner.getBooleanOrDefault("enabled", false) ? "yes" : "no",
                    text(partner, "identifiedBy"),
                    seconds(text(partner, "validUntil")),
                    seconds(text(partner, "lastUsed")),
                    text(partner, "url")));
        }
        Shown.table(out, rows);
    }

    private static String text(JsonObject partner, String key) {
        return OneLine.printable(Objects.toString(partner.get(key), "-"));
    }

    private static String seconds(String instant) {
        return instant.replaceFirst("\\.\\d+Z$", "Z");
    }
}

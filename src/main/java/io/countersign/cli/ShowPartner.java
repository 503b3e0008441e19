package io.countersign.cli;

import io.countersign.partner.Partners.Described;
import io.countersign.route.PartnerFiles.Found;
import io.countersign.settings.Problems;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign partners show NAME}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "Everything about one partner: its file and properties; each certificate with its dates, and when and"
                        + " from where it was last used.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the partner's file can be used",
            "1:there is no such partner, or something is wrong with its file, and was printed",
            "2:wrong usage"
        })
final class ShowPartner implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "NAME", description = "The partner, as its bean is called.")
    private String name = "";

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        try (Home here = home.open()) {
            Problems problems = here.problems();
            Found found = here.files().read(problems);
            Described described = found.described().get(name);
            if (described == null) {
                spec.commandLine()
                        .getErr()
                        .println("partner " + name + " is described by no file that can be read; there are: "
                                + String.join(", ", found.described().keySet()));
                problems.found().forEach(problem -> spec.commandLine().getErr().println("wrong: " + problem));
                return 1;
            }
            JsonObject facts = new PartnerFacts(name, described, found, here.data(), Instant.now()).all();
            boolean usable = !found.held().contains(name);
            if (!problems.isEmpty()) {
                facts.put("problems", new JsonArray(problems.found()));
            }
            if (json) {
                Shown.json(spec.commandLine().getOut(), facts);
            } else {
                facts.remove("problems");
                Shown.lines(spec.commandLine().getOut(), facts);
                problems.found().forEach(problem -> spec.commandLine().getErr().println("wrong: " + problem));
            }
            return usable ? 0 : 1;
        }
    }
}

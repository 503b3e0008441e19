package io.countersign.cli;

import io.countersign.partner.Partners.Described;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign partners remove NAME}. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description =
                "Deletes a partner's file, with the routes in it. What was received, and certificate files, stay; of the"
                        + " latter, those that nothing names any more are printed.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the file was deleted",
            PartnerCommands.NOT_DONE,
            PartnerCommands.USAGE,
            PartnerCommands.NOT_IN_FORCE
        })
final class RemovePartner implements Callable<Integer> {
    private static final List<String> NAMED_BY_SETTINGS =
            List.of("countersign.certificate", "countersign.key", "countersign.keystore", "countersign.trust");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "NAME", description = "The partner, as its bean is called.")
    private String name = "";

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        try (Home here = home.open();
                PartnerChange change = PartnerChange.of(here, spec.commandLine().getOut(), err, yes)) {
            Optional<Described> partner = change.partner(name);
            if (partner.isEmpty()) {
                return 1;
            }
            String file = partner.get().file();
            if (isShared(change.found().described(), file, err)) {
                return 1;
            }
            String text = change.text(file);
            if (!yes) {
                Optional<Boolean> answer = Question.ask("Delete " + file + "?");
                if (answer.isEmpty()) {
                    err.println("there is no terminal to ask on; accepted: --yes");
                    return 2;
                }
                if (!answer.get()) {
                    err.println("nothing was changed");
                    return 1;
                }
            }
            change.proceedAlone();
            Map<String, Described> all = change.found().described();
            int code = change.write("partners remove", name, file, text, null, null, "removed " + name + ": " + file);
            if (code != 1) {
                unnamed(here, partner.get(), all.values())
                        .forEach(each -> spec.commandLine().getOut().println("no longer named by anyone: " + each));
            }
            return code;
        }
    }

    private boolean isShared(Map<String, Described> all, String file, PrintWriter err) {
        Set<String> together = new TreeSet<>();
        all.forEach((other, described) -> {
            if (described.file().equals(file) && !other.equals(name)) {
                together.add(other);
            }
        });
        if (!together.isEmpty()) {
            err.println(
                    file + " describes " + String.join(", ", together) + ", too; remove " + name + " from it by hand");
        }
        return !together.isEmpty();
    }

    private static Collection<Path> unnamed(Home here, Described gone, Collection<Described> all) {
        Set<Path> left = paths(here, gone.partner().files());
        all.stream()
                .filter(other -> !other.equals(gone))
                .forEach(other -> left.removeAll(paths(here, other.partner().files())));
        for (String key : NAMED_BY_SETTINGS) {
            if (!here.settings().get(key).isBlank()) {
                Path named = here.settings().path(key);
                left.removeIf(path -> path.startsWith(named)); // itself, or in the folder of the shared trust
            }
        }
        return left;
    }

    private static Set<Path> paths(Home here, Collection<String> files) {
        Set<Path> paths = new TreeSet<>();
        files.forEach(file -> {
            try {
                paths.add(here.folder().resolve(file.strip()).normalize());
            } catch (InvalidPathException noPath) {
                // It names nothing.
            }
        });
        return paths;
    }
}

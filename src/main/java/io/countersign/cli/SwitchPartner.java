package io.countersign.cli;

import io.countersign.edit.PartnerText;
import io.countersign.edit.UneditableException;
import io.countersign.partner.Partners.Described;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign partners disable} and {@code enable}. */
@Command(
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            PartnerCommands.DONE,
            PartnerCommands.NOT_DONE,
            PartnerCommands.USAGE,
            PartnerCommands.NOT_IN_FORCE
        })
abstract class SwitchPartner implements Callable<Integer> {
    private static final String ENABLED = "enabled";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "NAME", description = "The partner, as its bean is called.")
    private String name = "";

    private final boolean on;

    private SwitchPartner(boolean on) {
        this.on = on;
    }

    /** {@code countersign partners disable NAME}. */
    @Command(
            name = "disable",
            description =
                    "Refuses a partner from its next request on, and sends it nothing; its file stays (enabled: false).")
    static final class Disable extends SwitchPartner {
        Disable() {
            super(false);
        }
    }

    /** {@code countersign partners enable NAME}. */
    @Command(name = "enable", description = "Takes back what disable did.")
    static final class Enable extends SwitchPartner {
        Enable() {
            super(true);
        }
    }

    @Override
    public Integer call() throws IOException {
        try (Home here = home.open();
                PartnerChange change = PartnerChange.of(
                        here, spec.commandLine().getOut(), spec.commandLine().getErr(), true)) {
            Optional<Described> partner = change.partner(name);
            if (partner.isEmpty()) {
                return 1;
            }
            String file = partner.get().file();
            Map<String, String> meant =
                    new LinkedHashMap<>(partner.get().partner().properties());
            String done = name + " is " + (on ? "enabled" : "disabled") + ": " + file;
            if (meant.containsKey(ENABLED) != on) {
                spec.commandLine().getOut().println(done + ", as before");
                return 0;
            }
            String text = change.text(file);
            PartnerText editable = PartnerText.of(file, text, name, ENABLED, String.valueOf(on));
            if (on) {
                meant.remove(ENABLED);
            } else {
                meant.put(ENABLED, "false");
            }
            return change.write(
                    on ? "partners enable" : "partners disable",
                    name,
                    file,
                    text,
                    on ? editable.without(ENABLED, "true") : editable.with(ENABLED, "false"),
                    meant,
                    done);
        } catch (UneditableException otherForm) {
            spec.commandLine().getErr().println(otherForm.getMessage());
            return 1;
        }
    }
}

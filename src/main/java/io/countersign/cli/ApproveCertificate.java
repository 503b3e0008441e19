package io.countersign.cli;

import io.countersign.edit.PartnerText;
import io.countersign.edit.UneditableException;
import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners.Described;
import io.countersign.partner.Pin;
import io.countersign.text.OneLine;
import io.countersign.tls.Certificates;
import io.countersign.tls.KeyMaterialException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign partners approve NAME FINGERPRINT|FILE}. */
@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        description = {
            "Pins one more certificate for a partner, next to those that it has. The certificate is one that the service"
                    + " has refused because nobody knows it (by its fingerprint, from seen/ in the data folder), or a file.",
            "Compare the fingerprint with what the partner told you by other means: who showed a certificate in a handshake"
                    + " that failed has not proven to have its key, and who has the key need not be who the subject says."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            PartnerCommands.DONE,
            PartnerCommands.NOT_DONE,
            PartnerCommands.USAGE,
            PartnerCommands.NOT_IN_FORCE
        })
final class ApproveCertificate implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(index = "0", paramLabel = "NAME", description = "The partner, as its bean is called.")
    private String name = "";

    @Parameters(
            index = "1",
            paramLabel = "FINGERPRINT|FILE",
            description = "At least the first 8 digits of a refused certificate's fingerprint, or a PEM file.")
    private String which = "";

    @Option(names = "--from", paramLabel = "DATE", description = "Since when it counts: 2026-12-01, or a time.")
    private @Nullable String from;

    @Option(names = "--until", paramLabel = "DATE", description = "Until when it counts; of a day, its end in UTC.")
    private @Nullable String until;

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
            if (!partner.get().partner().properties().containsKey("certificates")) {
                err.println(
                        "partner " + name + " is identified by a name in its certificates, not by pins; any certificate"
                                + " with that name, from the authority that its file names, is accepted. If this one is not, ask for"
                                + " one that is, or change subject, san or authority in "
                                + partner.get().file());
                return 1;
            }
            Candidate candidate = Candidate.of(which, here);
            Optional<Pin> pinned = pinned(change, candidate);
            if (pinned.isPresent()) {
                return isThere(pinned.get(), partner.get());
            }
            NewPin.check(candidate.certificate(), until, Instant.now());
            Shown.lines(spec.commandLine().getOut(), candidate.facts());
            if (!yes) {
                Optional<Boolean> answer = Question.ask("Pin this certificate for " + name + "?");
                if (answer.isEmpty()) {
                    err.println("there is no terminal to ask on; accepted: --yes, after a look at the fingerprint");
                    return 2;
                }
                if (!answer.get()) {
                    err.println("nothing was changed");
                    return 1;
                }
            }
            change.proceedAlone();
            Optional<Described> now = change.partner(name);
            return now.isEmpty() ? 1 : pin(here, change, now.get(), candidate);
        } catch (KeyMaterialException | UneditableException | IllegalArgumentException unusable) {
            err.println(unusable.getMessage());
            return 1;
        }
    }

    private Optional<Pin> pinned(PartnerChange change, Candidate candidate) {
        KnownPartner known = change.found().directory().partner(name);
        return known == null
                ? Optional.empty()
                : known.pins().stream()
                        .filter(pin -> pin.certificate().equals(candidate.certificate()))
                        .findFirst();
    }

    /** Done, unless it is to count from or until another date: that is a change of what was approved before. */
    private int isThere(Pin pin, Described partner) {
        String said = "certificate " + OneLine.printable(Certificates.name(pin.certificate()))
                + " is pinned already, by " + pin.file();
        boolean dated = from != null || until != null;
        String pins = partner.partner().properties().getOrDefault("certificates", "");
        String wanted = Pin.entry(pin.file(), from, until);
        if (dated
                && Arrays.stream(pins.split(",")).noneMatch(each -> each.strip().equals(wanted))) {
            spec.commandLine()
                    .getErr()
                    .println(said + ", with other dates; write there in " + partner.file() + " by hand: " + wanted);
            return 1;
        }
        spec.commandLine().getOut().println(said + "; nothing was changed in " + partner.file());
        return 0;
    }

    private int pin(Home here, PartnerChange change, Described partner, Candidate candidate)
            throws IOException, KeyMaterialException, UneditableException {
        HeldCertificate held = HeldCertificate.keep(here, name, candidate.file(), List.of(candidate.certificate()));
        int code = 1;
        try {
            String entry = Pin.entry(held.name(), from, until);
            String text = change.text(partner.file());
            Map<String, String> meant = new LinkedHashMap<>(partner.partner().properties());
            String both = meant.merge("certificates", entry, ApproveCertificate::also);
            PartnerText editable = PartnerText.of(partner.file(), text, name, "certificates", both);
            String written = editable.value("certificates").orElse("");
            code = change.write(
                    "partners approve",
                    name,
                    partner.file(),
                    text,
                    editable.with("certificates", also(written, entry)),
                    meant,
                    "pinned for " + name + ": " + entry);
            return code;
        } finally {
            if (code == 1) {
                held.discard();
            }
        }
    }

    private static String also(String before, String entry) {
        return before + ", " + entry;
    }
}

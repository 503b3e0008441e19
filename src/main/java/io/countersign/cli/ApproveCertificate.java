package io.countersign.cli;

import io.countersign.edit.PartnerText;
import io.countersign.edit.UneditableException;
import io.countersign.partner.Partners.Described;
import io.countersign.partner.Pin;
import io.countersign.sighting.SeenCertificate;
import io.countersign.sighting.SeenCertificates;
import io.countersign.tls.KeyMaterialException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.camel.util.json.JsonObject;
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
    private static final String FINGERPRINT = "[0-9a-fA-F]{8,64}";
    private static final int LISTED = 10;

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

    /** @param seen none where a file was named */
    private record Candidate(
            X509Certificate certificate,
            @Nullable Path file,
            @Nullable SeenCertificate seen) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        try (Home here = home.open()) {
            PartnerChange change = new PartnerChange(here, spec.commandLine().getOut(), err);
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
            Candidate candidate = candidate(here);
            show(candidate);
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
            return pin(here, change, partner.get(), candidate);
        } catch (KeyMaterialException | UneditableException | IllegalArgumentException unusable) {
            err.println(unusable.getMessage());
            return 1;
        }
    }

    private int pin(Home here, PartnerChange change, Described partner, Candidate candidate)
            throws IOException, KeyMaterialException, UneditableException {
        HeldCertificate held = HeldCertificate.keep(here, name, candidate.file(), List.of(candidate.certificate()));
        int code = 1;
        try {
            String entry = Pin.entry(held.name(), from, until);
            String text = change.text(partner.file());
            PartnerText editable = PartnerText.of(partner.file(), text, name);
            Map<String, String> meant = new LinkedHashMap<>(partner.partner().properties());
            meant.merge("certificates", entry, ApproveCertificate::also);
            String written = editable.value("certificates").orElse("");
            code = change.write(
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

    private void show(Candidate candidate) {
        JsonObject facts = CertificateFacts.brief(candidate.certificate(), Instant.now());
        SeenCertificate seen = candidate.seen();
        if (seen != null) {
            facts.put("refused", seen.at() + " from " + seen.address());
            facts.put(
                    "keyProven",
                    seen.possessed()
                            ? "yes, by a handshake"
                            : "no: the handshake failed before, and anybody could have shown this certificate");
        }
        Shown.lines(spec.commandLine().getOut(), facts);
    }

    private Candidate candidate(Home here) throws IOException, KeyMaterialException {
        String digits = which.replace(":", "");
        if (!digits.matches(FINGERPRINT) || Files.exists(Path.of(which))) {
            Path file = Path.of(which);
            return new Candidate(HeldCertificate.leaf(file), file, null);
        }
        List<SeenCertificate> seen = SeenCertificates.in(here.data());
        List<SeenCertificate> found = seen.stream()
                .filter(each -> each.fingerprint().startsWith(digits.toLowerCase(Locale.ROOT)))
                .toList();
        if (found.size() == 1) {
            return new Candidate(found.get(0).certificate(), null, found.get(0));
        }
        StringBuilder list = new StringBuilder();
        (found.isEmpty() ? seen : found)
                .stream()
                        .limit(LISTED)
                        .forEach(each -> list.append(System.lineSeparator())
                                .append("  ")
                                .append(each.fingerprint())
                                .append("  ")
                                .append(CertificateFacts.printable(each.certificate()
                                        .getSubjectX500Principal()
                                        .getName()))
                                .append("  ")
                                .append(each.at())
                                .append(" from ")
                                .append(each.address()));
        throw new IllegalArgumentException((found.isEmpty()
                        ? "no refused certificate has a fingerprint that begins with "
                        : "more than one begins with ")
                + which
                + (list.isEmpty()
                        ? "; there are none in " + SeenCertificates.folder(here.data())
                        : "; there are:" + list));
    }
}

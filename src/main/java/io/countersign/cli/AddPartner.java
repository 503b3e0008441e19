package io.countersign.cli;

import io.countersign.address.AddressCheck;
import io.countersign.edit.NewPartner;
import io.countersign.partner.Pin;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign partners add NAME}. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a partner's file, routes/partners/NAME.camel.yaml. The partner is identified by a pinned certificate"
                    + " (--certificate), or by a name in certificates (--subject or --san, with or without --authority).",
            "Files from outside the home folder are copied to certs/ there, without keys."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            PartnerCommands.DONE,
            PartnerCommands.NOT_DONE,
            PartnerCommands.USAGE,
            PartnerCommands.NOT_IN_FORCE
        })
final class AddPartner implements Callable<Integer> {
    enum Format {
        YAML,
        XML
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "NAME", description = "Letters, digits, '-' and '_'; its folders are called so.")
    private String name = "";

    @Option(names = "--certificate", paramLabel = "FILE", description = "The certificate to pin (PEM or DER).")
    private @Nullable Path certificate;

    @Option(names = "--from", paramLabel = "DATE", description = "Since when the pin counts: 2026-12-01, or a time.")
    private @Nullable String from;

    @Option(names = "--until", paramLabel = "DATE", description = "Until when it counts; of a day, its end in UTC.")
    private @Nullable String until;

    @Option(names = "--subject", description = "The subject of its certificates: 'CN=edi, O=Acme, C=DE'.")
    private @Nullable String subject;

    @Option(
            names = "--san",
            description = "A name in its certificates: dns:NAME, uri:URI, ip:ADDRESS or email:ADDRESS.")
    private @Nullable String san;

    @Option(
            names = "--authority",
            paramLabel = "FILE",
            description = "Who issues them; left out: any of the shared trust.")
    private @Nullable Path authority;

    @Option(names = "--addresses", paramLabel = "LIST", description = "Networks that it calls from, or any.")
    private @Nullable String addresses;

    @Option(
            names = "--address-check",
            paramLabel = "CHECK",
            description = "What its address must fit: " + AddressCheck.Kind.ACCEPTED + " (default: listed).")
    private @Nullable String addressCheck;

    @Option(names = "--url", description = "Where it receives.")
    private @Nullable String url;

    @Option(names = "--format", paramLabel = "yaml|xml", description = "Of the file (default: yaml).")
    private Format format = Format.YAML;

    @Override
    public Integer call() throws IOException {
        long ways =
                Stream.of(certificate, subject, san).filter(Objects::nonNull).count();
        if (ways != 1
                || (authority != null && certificate != null)
                || ((from != null || until != null) && certificate == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "accepted: --certificate FILE [--from DATE] [--until DATE], or one of --subject and --san with or"
                            + " without --authority FILE");
        }
        PrintWriter err = spec.commandLine().getErr();
        List<HeldCertificate> held = new ArrayList<>();
        boolean done = false;
        try (Home here = home.open();
                PartnerChange change = PartnerChange.of(here, spec.commandLine().getOut(), err, true)) {
            if (change.found().described().containsKey(name)) {
                err.println("partner " + name + " is there already, in "
                        + change.found().described().get(name).file());
                return 1;
            }
            if (!Files.isDirectory(here.settings().routes())) {
                err.println(here.settings().routes() + ": no such folder; accepted for --home: one with routes/");
                return 1;
            }
            if (!name.matches("[A-Za-z0-9_-]+")) {
                err.println("'" + name + "' cannot be a partner's name; accepted: letters, digits, '-' and '_'");
                return 1;
            }
            Map<String, String> properties = properties(here, held);
            NewPartner added = new NewPartner(name, comment(), properties);
            String file = "routes/partners/" + name + ".camel." + (format == Format.XML ? "xml" : "yaml");
            int code = change.write(
                    "partners add",
                    name,
                    file,
                    null,
                    format == Format.XML ? added.xml() : added.yaml(),
                    properties,
                    "added " + name + ": " + file);
            done = code != 1;
            if (done && addresses == null && needsAddresses()) {
                err.println("note: nobody is admitted as " + name + " yet, since it has no addresses; set addresses in "
                        + file);
            }
            return code;
        } catch (KeyMaterialException | IllegalArgumentException unusable) {
            err.println(unusable.getMessage());
            return 1;
        } finally {
            for (HeldCertificate each : done ? List.<HeldCertificate>of() : held) {
                each.discard();
            }
        }
    }

    private boolean needsAddresses() {
        return addressCheck == null || List.of("listed", "both").contains(addressCheck);
    }

    private String comment() {
        return name + ": known by " + (certificate != null ? "a pinned certificate." : "a name in its certificates.");
    }

    private Map<String, String> properties(Home here, List<HeldCertificate> held)
            throws IOException, KeyMaterialException {
        Map<String, String> properties = new LinkedHashMap<>();
        if (certificate != null) {
            X509Certificate leaf = HeldCertificate.leaf(certificate);
            NewPin.check(leaf, until, Instant.now());
            Shown.lines(spec.commandLine().getOut(), CertificateFacts.brief(leaf, Instant.now()));
            HeldCertificate kept = HeldCertificate.keep(here, name, certificate, List.of(leaf));
            held.add(kept);
            properties.put("certificates", Pin.entry(kept.name(), from, until));
        }
        if (authority != null) {
            HeldCertificate kept = HeldCertificate.keep(
                    here, name + "-ca", authority, PemFile.read(authority).certificates());
            held.add(kept);
            properties.put("authority", kept.name());
        }
        put(properties, "subject", subject);
        put(properties, "san", san);
        put(properties, "addresses", addresses);
        put(properties, "addressCheck", addressCheck);
        put(properties, "url", url);
        return properties;
    }

    private static void put(Map<String, String> properties, String key, @Nullable String value) {
        if (value != null) {
            properties.put(key, value);
        }
    }
}

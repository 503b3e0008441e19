package io.countersign.cli;

import io.countersign.client.ServerAddresses;
import io.countersign.dns.Names;
import io.countersign.doctor.Call;
import io.countersign.doctor.CallCheck;
import io.countersign.doctor.Finding;
import io.countersign.doctor.Installation;
import io.countersign.doctor.InstallationCheck;
import io.countersign.doctor.Patience;
import io.countersign.partner.CallTerms;
import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners;
import io.countersign.revocation.RevocationList;
import io.countersign.revocation.RevocationLists;
import io.countersign.route.PartnerFiles;
import io.countersign.route.PartnerFiles.Found;
import io.countersign.settings.DnsTerms;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.settings.SettingsCheck;
import io.countersign.tls.CompanyIdentity;
import io.countersign.tls.Dated;
import io.countersign.tls.Identity;
import io.countersign.tls.KeyMaterialException;
import io.countersign.version.Standing;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Plays a call to a partner's server, or to a URL, step by step, and says at the first failure what is wrong and who"
                    + " should change what. The server sees several connections, and up to three GET requests; it gets"
                    + " neither our certificate nor a request where it is not the one that is trusted.",
            "Without an argument, looks at this installation. Changes nothing either way, whether the service runs or not."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all is well, but for warnings", "1:something is wrong", "2:wrong usage"})
final class Doctor implements Callable<Integer> {
    private static final int LAST_PORT = 65_535;
    private static final Pattern URL = Pattern.compile(
            "https://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[1-9]\\d{0,4})?(?:/[A-Za-z0-9._~!'()*,;=:@%+-]*)*");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(
            paramLabel = "URL|PARTNER",
            arity = "0..1",
            description = "https://HOST[:PORT][/PATH], or a partner as its bean is called.")
    private @Nullable String whom;

    @Option(names = "--json", description = "As JSON, at the end.")
    private boolean json;

    private final List<Finding> findings = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        try (Home here = home.open()) {
            Problems problems = here.problems();
            Found found = here.files().read(problems);
            boolean well = whom == null ? installation(here, found, problems) : calling(here, found, problems, whom);
            if (json) {
                Shown.json(
                        spec.commandLine().getOut(),
                        new JsonArray(findings.stream().map(Doctor::json).toList()));
            }
            return well ? 0 : 1;
        }
    }

    private boolean installation(Home here, Found found, Problems problems) {
        SettingsCheck.look(here.settings(), problems);
        CompanyIdentity company = OwnCertificates.company(here.settings());
        List<Dated> dated = new ArrayList<>(partners(found).dated());
        List<X509Certificate> own = new ArrayList<>();
        try {
            own.addAll(company.inForce().chain());
            dated.addAll(company.dated());
        } catch (KeyMaterialException | InvalidPathException told) {
            // The settings' check says so.
        }
        try {
            RevocationLists.read(here.settings().path("countersign.trust")).lists().stream()
                    .map(RevocationList::dated)
                    .flatMap(Optional::stream)
                    .forEach(dated::add);
        } catch (KeyMaterialException | InvalidPathException told) {
            // So has opening the home.
        }
        return new InstallationCheck(
                        new Installation(
                                here.settings(),
                                problems,
                                dated,
                                own,
                                keys(here.settings(), found),
                                Clock.systemUTC(),
                                Installation.builtAt(),
                                Standing.here()),
                        this::tell)
                .run();
    }

    private static List<Path> keys(Settings settings, Found found) {
        Stream<String> own = Stream.of("countersign.key", "countersign.next-key", "countersign.keystore")
                .map(settings::get)
                .filter(path -> !path.isBlank());
        Stream<String> partners = found.described().values().stream()
                .map(described -> described.partner().properties().get("key"))
                .filter(Objects::nonNull);
        return Stream.concat(own, partners)
                .map(path -> settings.home().resolve(path))
                .distinct()
                .toList();
    }

    private static Partners partners(Found found) {
        Partners partners = new Partners(Clock.systemUTC());
        partners.use(found.directory());
        return partners;
    }

    private boolean calling(Home here, Found found, Problems problems, String name) {
        Partners partners = partners(found);
        boolean isUrl = isUrl(name);
        if (!isUrl && !found.described().containsKey(name)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + name + "' is neither a partner nor https://HOST[:PORT][/PATH]; partners with a url: "
                            + withUrl(found));
        }
        if (!isUrl && (partners.url(name) == null || found.held().contains(name))) {
            List<String> why = problems.found().stream()
                    .filter(problem -> PartnerFiles.isOf(
                            Objects.requireNonNull(found.described().get(name)).file(), problem))
                    .toList();
            KnownPartner known = found.directory().partner(name);
            tell(terms(
                    known != null && !known.enabled()
                            ? "partner " + name + " is disabled"
                            : known != null && known.server().url() == null
                                    ? "partner " + name + " has no url"
                                    : "the file of partner " + name + " cannot be used: " + String.join("; ", why),
                    "we mend its file; partners with a url: " + withUrl(found)));
            return false;
        }
        Identity company;
        try {
            company = OwnCertificates.company(here.settings()).inForce();
        } catch (KeyMaterialException | InvalidPathException unusable) {
            tell(terms(
                    "our own certificate cannot be used: " + unusable.getMessage(),
                    "we mend countersign.certificate and countersign.key; 'countersign doctor' alone says more"));
            return false;
        }
        CallTerms terms = partners.calling(isUrl ? "" : name, company);
        boolean ownTrust = !isUrl
                && Objects.requireNonNull(found.directory().partner(name))
                                .server()
                                .trust()
                        != null;
        Call call = new Call(
                isUrl ? null : name,
                isUrl ? URI.create(name) : Objects.requireNonNull(partners.url(name)),
                terms,
                ownTrust ? "the serverTrust of partner " + name : "countersign.trust",
                Stream.concat(
                                partners.dated().stream()
                                        .map(Dated::certificate)
                                        .filter(Objects::nonNull),
                                company.chain().stream().skip(1))
                        .distinct()
                        .collect(Collectors.toList()));
        DnsTerms dns = DnsTerms.of(here.settings());
        try (Names names = new Names(dns.servers(), dns.longestWait())) {
            ServerAddresses addresses = new ServerAddresses(terms::addresses, names);
            return new CallCheck(call, addresses::resolve, Patience.USUAL, this::tell).run();
        }
    }

    private static boolean isUrl(String text) {
        if (!URL.matcher(text).matches()) {
            return false;
        }
        try {
            URI url = URI.create(text);
            return url.getHost() != null && url.getPort() <= LAST_PORT;
        } catch (IllegalArgumentException notOne) {
            return false;
        }
    }

    private static Finding terms(String wrong, String remedy) {
        return new Finding(Finding.Mark.FAILED, "terms", "none to call on", List.of(), wrong, remedy);
    }

    private static String withUrl(Found found) {
        List<String> names = found.described().keySet().stream()
                .filter(id -> {
                    KnownPartner known = found.directory().partner(id);
                    return known != null && known.server().url() != null;
                })
                .sorted()
                .toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /** At once: a person waits. */
    private void tell(Finding finding) {
        findings.add(finding);
        if (!json) {
            PrintWriter out = spec.commandLine().getOut();
            lines(finding).accept(out);
            out.flush();
        }
    }

    private static Consumer<PrintWriter> lines(Finding finding) {
        return out -> {
            String mark = switch (finding.mark()) {
                case OK -> "ok     ";
                case WARNING -> "warning";
                case FAILED -> "FAILED ";
                case NONE -> "-      ";
            };
            out.println(mark + "  " + finding.step() + ": " + finding.seen());
            finding.details().forEach(detail -> out.println("           " + detail));
            if (!finding.wrong().isEmpty()) {
                out.println("         What is wrong: " + finding.wrong());
                out.println("         What to do: " + finding.remedy());
            }
        };
    }

    private static JsonObject json(Finding finding) {
        JsonObject facts = new JsonObject();
        facts.put("mark", finding.mark().word());
        facts.put("step", finding.step());
        facts.put("seen", finding.seen());
        facts.put("details", new JsonArray(finding.details()));
        facts.put("wrong", finding.wrong());
        facts.put("whatToDo", finding.remedy());
        return facts;
    }
}

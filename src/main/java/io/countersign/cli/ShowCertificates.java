package io.countersign.cli;

import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners;
import io.countersign.refusal.Refusal;
import io.countersign.route.PartnerFiles.Found;
import io.countersign.settings.Problems;
import io.countersign.text.OneLine;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Certificates;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

/** {@code countersign certs show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "Shows certificates: of files, of a partner, or, without either, the company's own and its next. Says of each what it"
                        + " is for, whether its chain is complete under countersign.trust, and which partner it would identify.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all were shown", "1:at least one could not be read", "2:wrong usage"})
final class ShowCertificates implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "FILE", description = "PEM files, or DER.", arity = "0..*")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--partner", paramLabel = "NAME", description = "What this partner's file pins, or its authority.")
    private @Nullable String partner;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    /**
     * Certificates in the order of their file, and where they are from.
     *
     * @param inForce whether they are; none where that is no question
     */
    record Chain(
            String file,
            List<X509Certificate> certificates,
            boolean shownByCallers,
            @Nullable String inForce) {
        Chain(String file, List<X509Certificate> certificates, boolean shownByCallers) {
            this(file, certificates, shownByCallers, null);
        }
    }

    @Override
    public Integer call() throws IOException {
        if (partner != null && !files.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "accepted: files, or --partner NAME, or neither");
        }
        PrintWriter err = spec.commandLine().getErr();
        List<String> wrong = new ArrayList<>();
        try (Home here = home.open()) {
            Problems problems = here.problems();
            Found found = here.files().read(problems);
            List<Chain> chains = partner != null
                    ? ofPartner(found, partner, wrong)
                    : files.isEmpty() ? new OwnCertificates(here, wrong).chains() : ofFiles(wrong);
            Partners partners = new Partners(Clock.systemUTC());
            partners.use(found.directory());
            List<JsonObject> facts =
                    chains.stream().map(chain -> facts(chain, here, partners)).toList();
            if (json) {
                Shown.json(spec.commandLine().getOut(), new JsonArray(facts));
            } else {
                for (int i = 0; i < facts.size(); i++) {
                    if (i > 0) {
                        spec.commandLine().getOut().println();
                    }
                    Shown.lines(spec.commandLine().getOut(), facts.get(i));
                }
            }
            wrong.forEach(err::println);
            problems.found().forEach(problem -> err.println("not in force: " + problem));
        }
        return wrong.isEmpty() ? 0 : 1;
    }

    private List<Chain> ofFiles(List<String> wrong) {
        List<Chain> chains = new ArrayList<>();
        for (Path file : files) {
            try {
                chains.add(new Chain(file.toString(), PemFile.read(file).certificates(), true));
            } catch (KeyMaterialException unusable) {
                wrong.add(String.valueOf(unusable.getMessage()));
            }
        }
        return chains;
    }

    private static List<Chain> ofPartner(Found found, String name, List<String> wrong) {
        KnownPartner known = found.directory().partner(name);
        if (known == null) {
            wrong.add("partner " + name + " is described by no file that can be used; there are: "
                    + String.join(", ", found.described().keySet()));
            return List.of();
        }
        List<Chain> chains = new ArrayList<>();
        known.pins().forEach(pin -> chains.add(new Chain(pin.file(), List.of(pin.certificate()), true)));
        known.authorityCertificates()
                .forEach(authority -> chains.add(new Chain("the authority of " + name, List.of(authority), false)));
        if (chains.isEmpty()) {
            wrong.add("partner " + name + " is identified by a name under any of the shared trust; its file names no"
                    + " certificate");
        }
        return chains;
    }

    private static JsonObject facts(Chain chain, Home here, Partners partners) {
        Instant now = Instant.now();
        X509Certificate leaf = chain.certificates().get(0);
        JsonObject facts = new JsonObject();
        facts.put("file", chain.file());
        if (chain.inForce() != null) {
            facts.put("inForce", chain.inForce());
        }
        facts.putAll(CertificateFacts.all(leaf, now));
        facts.put("chain", complete(chain.certificates(), here));
        if (chain.certificates().size() > 1) {
            facts.put(
                    "above",
                    new JsonArray(chain.certificates().stream()
                            .skip(1)
                            .map(above -> CertificateFacts.brief(above, now))
                            .toList()));
        }
        if (chain.shownByCallers()) {
            facts.put("identifies", identifies(chain.certificates(), partners));
        }
        return facts;
    }

    /** Whether each is followed by its issuer, up to one that the shared trust knows. */
    private static String complete(List<X509Certificate> chain, Home here) {
        for (int i = 0; i + 1 < chain.size(); i++) {
            if (!isIssuedBy(chain.get(i), chain.get(i + 1))) {
                return "out of order: " + Certificates.name(chain.get(i)) + " is not issued by "
                        + Certificates.name(chain.get(i + 1)) + ", which follows it in the file";
            }
        }
        X509Certificate last = chain.get(chain.size() - 1);
        if (here.trust().contains(Authority.of(last))) {
            return "complete, to " + Certificates.name(last) + ", which is in countersign.trust itself";
        }
        if (here.trust().named(last.getIssuerX500Principal()).stream().anyMatch(anchor -> isIssuedBy(last, anchor))) {
            return "complete, under '"
                    + OneLine.printable(last.getIssuerX500Principal().getName()) + "' of countersign.trust";
        }
        return Certificates.isSelfSigned(last)
                ? "self-signed, and not in countersign.trust"
                : "not complete under countersign.trust: '"
                        + OneLine.printable(last.getIssuerX500Principal().getName())
                        + "', which issued " + Certificates.name(last) + ", is neither in the file nor there";
    }

    private static boolean isIssuedBy(X509Certificate certificate, X509Certificate issuer) {
        return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
                && Certificates.isSignedBy(certificate, issuer.getPublicKey());
    }

    private static String identifies(List<X509Certificate> chain, Partners partners) {
        try {
            partners.check(chain);
            KnownPartner partner = partners.identify(chain);
            return partner.id() + (partner.enabled() ? "" : ", which is disabled");
        } catch (CertificateException noHandshake) {
            return "nobody, and is refused in the handshake: " + noHandshake.getMessage();
        } catch (Refusal refusal) {
            return "nobody: " + refusal.reason();
        }
    }
}

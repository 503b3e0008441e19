package io.countersign.limbo;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.client.Servers;
import io.countersign.dns.Names;
import io.countersign.partner.Partner;
import io.countersign.partner.Partners;
import io.countersign.partner.Partners.Described;
import io.countersign.revocation.Revocation;
import io.countersign.revocation.RevocationLists;
import io.countersign.settings.Problems;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.NameServer;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.ServerTls;
import io.countersign.tls.Authorities;
import io.countersign.tls.CompanyIdentity;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.ServerName;
import io.countersign.tls.ServerTrust;
import java.io.IOException;
import java.net.IDN;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of servers, live: each is a partner whose server shows the case's certificates, and whose file trusts what the case
 * trusts. The service's own {@code https:} sends a file there, which arrives just where the case is judged to hold.
 */
@TestInstance(Lifecycle.PER_CLASS)
class LiveServersTest {
    private final List<Case> cases = Limbo.cases().stream()
            .filter(each -> each.isServer() && each.isLive())
            .toList();
    private final Disagreements listed = Disagreements.read();
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final Map<String, Described> described = new LinkedHashMap<>();
    private final NameServer hosts = NameServer.start();
    private final Names names = new Names(List.of(hosts.address()), Duration.ofSeconds(20));
    private final Revocation revocation = new Revocation(Clock.systemUTC(), Duration.ofSeconds(20), false);
    private final CamelContext camel = new DefaultCamelContext();

    /**
     * A partner with its server.
     *
     * @param isDialled whether the case's host is the one that is dialled; of those that cannot be on loopback or in a URL, the
     *     name is compared by itself
     */
    private record Server(String partner, ScriptedServer listening, Certified owner, String host, boolean isDialled) {
        String url() {
            return "https://" + host + ":" + listening.port() + "/exchange";
        }
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Limbo.assumeHere(cases);
        for (Case each : cases) {
            serve(each, folder);
        }
        Problems problems = new Problems();
        Partners partners = new Partners(Clock.systemUTC());
        partners.use(Partners.read(
                described, Authorities.of(List.of()), revocation.with(RevocationLists.none()), folder, problems));
        assertThat(problems.found()).isEmpty();
        Issue.to("CN=company").selfSigned().write(folder, "company");
        CompanyIdentity company = new CompanyIdentity();
        company.setCertificate(folder.resolve("company.crt").toString());
        company.setKey(folder.resolve("company.key").toString());
        Servers https = new Servers();
        https.setIdentity(company);
        https.setPartners(partners);
        https.setNames(names);
        camel.addComponent("https", https);
        camel.start();
    }

    private void serve(Case it, Path folder) throws IOException {
        String id = "c" + servers.size();
        Certified owner = Owner.of(it);
        boolean isHere = it.host().equals("127.0.0.1")
                || (!it.host().matches("[0-9.]*|.*[:_].*")
                        && IDN.toUnicode(it.host()).equals(it.host()));
        Server server = new Server(
                id, ScriptedServer.start(ServerTls.showing(owner)), owner, isHere ? it.host() : "127.0.0.1", isHere);
        servers.put(it.id(), server);
        hosts.host(server.host(), "127.0.0.1");
        Path trust = Files.writeString(folder.resolve(id + ".crt"), String.join("", it.trusted()));
        Partner partner = new Partner();
        partner.setSubject("CN=" + id);
        partner.setUrl(server.url());
        partner.setServerTrust(trust.toString());
        partner.setServerAddresses("127.0.0.0/8");
        partner.setVerifyHost(isHere);
        if (isReadable(trust)) { // else the partner's file is refused, and nobody knows the partner
            described.put(id, new Described(id + ".camel.yaml", partner));
        }
    }

    private static boolean isReadable(Path trust) {
        try {
            return !ServerTrust.read(List.of(trust)).pins().isEmpty();
        } catch (KeyMaterialException unreadable) {
            return false;
        }
    }

    @AfterAll
    void stop() {
        camel.stop();
        servers.values().forEach(server -> server.listening().close());
        revocation.close();
        names.close();
        hosts.close();
    }

    List<Case> cases() {
        return cases;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void getsTheFileJustWhereTheCaseIsJudgedToHold(Case it) {
        Server server = Objects.requireNonNull(servers.get(it.id()));
        ProducerTemplate sender = camel.createProducerTemplate();
        Exchange sent = sender.request(
                server.url() + "?partner=" + server.partner(),
                exchange -> exchange.getMessage().setBody("an order"));

        boolean got = !server.listening().seen().isEmpty();
        assertThat(got).isEqualTo(!sent.isFailed());
        assertThat(got && (server.isDialled() || isNamed(it, server)))
                .as("the file was sent; it failed by: %s", sent.getException())
                .isEqualTo(listed.expected(it));
    }

    private static boolean isNamed(Case it, Server server) {
        return it.host().isEmpty()
                || ServerName.isNamed(it.host(), server.owner().certificate());
    }
}

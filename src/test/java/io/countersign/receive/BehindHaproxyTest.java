package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Command;
import io.countersign.testing.ServerProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** HAProxy in front of the service, with the README's lines. */
class BehindHaproxyTest extends BehindRealProxy {
    private static final String DEFAULTS = """
            global
              nbthread 1
              log stdout format raw local0
            defaults
              log global
              option log-health-checks
              source 127.0.0.5
              http-reuse always
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              timeout check 5s
            """;

    private static final String CHECKS = """
            listen checks
              bind :443
              mode tcp
              default-server check inter 300ms
              server plain 10.0.0.9:8443
              server version-1 10.0.0.9:8443 send-proxy
              server version-2 10.0.0.9:8443 send-proxy-v2
              server header-in-checks-only 10.0.0.9:8443 check-send-proxy
              server tls-version-1 10.0.0.9:8443 send-proxy check-ssl verify none
              server tls-version-2 10.0.0.9:8443 send-proxy-v2 check-ssl verify none
              server vouching-plain 10.0.0.9:8445
              server vouching-tls 10.0.0.9:8445 check-ssl crt proxy.pem verify none
            """;

    @Override
    List<Door> doors() {
        return List.of(Door.values());
    }

    @Override
    List<String> missing() {
        return Command.isInstalled("haproxy") ? List.of() : List.of("haproxy");
    }

    @Override
    boolean passesAnyLengthOn() {
        return true;
    }

    @Override
    Map<List<String>, List<Integer>> configure() throws IOException {
        String passing = readme("frontend partners\n    mode tcp");
        assertThat(passing).contains(" send-proxy-v2 ");
        Map<List<String>, List<Integer>> all = new LinkedHashMap<>();
        all.put(configured(Door.VERSION_2, passing), List.of(port(Door.VERSION_2)));
        all.put(
                configured(Door.VERSION_1, passing.replace("send-proxy-v2", "send-proxy")),
                List.of(port(Door.VERSION_1)));
        all.put(configured(Door.ENDS_TLS, ending()), List.of(port(Door.ENDS_TLS)));
        return all;
    }

    private static String ending() throws IOException {
        return readme("frontend partners\n    mode http");
    }

    private List<String> configured(Object name, String text) throws IOException {
        String file = name + ".cfg";
        Files.writeString(
                folder().resolve(file),
                DEFAULTS
                        + text.replace("bind :443", "bind 127.0.0.1:" + port(name))
                                .replace("10.0.0.9:8443", "127.0.0.1:" + partners())
                                .replace("10.0.0.9:8445", "127.0.0.2:" + vouching()));
        return List.of("haproxy", "-db", "-f", file);
    }

    private ServerProgram started(String name, String text) throws IOException {
        return ServerProgram.start(
                folder(), configured(name, text), List.of(new InetSocketAddress("127.0.0.1", port(name))));
    }

    /** Of more than one, it would make one piece. */
    @Test
    void theCertificateOfOneAuthorityBetweenCanComeAlong() throws Exception {
        String first = "    http-request set-header Client-Cert ";
        String chain =
                "    http-request set-header Client-Cert-Chain :%[ssl_c_chain_der,base64]: if { ssl_c_chain_der -m found }\n";
        assertThat(ending()).containsOnlyOnce(first);
        try (ServerProgram passingOn = started("CHAIN", ending().replace(first, chain + first))) {
            assertAdmitted(port("CHAIN"), HOOLIS, "hooli");
            assertThat(passingOn.output()).doesNotContain("ALERT");
        }
    }

    @Test
    void itsHealthChecksLeaveNoRefusal() throws Exception {
        int before = refusalsOf(PROXY).size();
        try (ServerProgram checking = started("CHECKS", CHECKS)) {
            for (String server : CHECKS.lines()
                    .filter(line -> line.startsWith("  server "))
                    .map(line -> line.split(" ")[3])
                    .toList()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .untilAsserted(() -> assertThat(checking.output())
                                .contains("Health check for server checks/" + server + " succeeded"));
            }
            Awaitility.await()
                    .during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(3))
                    .untilAsserted(() -> assertThat(refusalsOf(PROXY))
                            .as("many checks later")
                            .hasSize(before));
            assertThat(checking.output()).doesNotContain("DOWN");
        }
    }
}

package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLSocket;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a caller writes beside its payload can be taken for what Camel or Countersign says. */
@TestInstance(Lifecycle.PER_CLASS)
class InjectionTest {
    private static final Set<String> KNOWN = Set.of(
            "CamelHttpMethod",
            "CamelHttpPath",
            "CamelServletContextPath",
            "Content-Type",
            "Content-Length",
            "CamelFileName",
            "CamelFileLocalWorkPath");

    private TestHome home;
    private RunningService service;
    private Certified acme;
    private static final BlockingQueue<Map<String, Object>> SEEN = new LinkedBlockingQueue<>();

    /** Keeps what the partner's own route gets to see. */
    public static final class Look implements Processor {
        @Override
        public void process(Exchange exchange) {
            Map<String, Object> seen = new TreeMap<>(exchange.getMessage().getHeaders());
            seen.put("property partner", exchange.getProperty("partner"));
            SEEN.add(seen);
        }
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        home.pinned("globex");
        acmesRoute(home, Look.class);
        service = RunningService.start(home);
    }

    /** A route of acme's own, in which somebody looks at what has come. */
    static void acmesRoute(TestHome home, Class<? extends Processor> look) {
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"), """
                    - name: look
                      type: %s
                - route:
                    id: from-acme
                    from:
                      uri: direct:from-acme
                      steps:
                        - process:
                            ref: look
                        - to:
                            uri: file:{{countersign.data}}/inbox/acme
                """.formatted(
                        look.getName()));
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "partner",
                "Partner",
                "transfer",
                "receipt",
                "caller",
                "CamelFileName",
                "camelfilename",
                "CAMELFILENAME",
                "Camelfilename",
                "CamelOverruleFileName",
                "CamelFileLocalWorkPath",
                "CamelHttpUri",
                "CamelHttpPath",
                "CamelHttpMethod",
                "CamelHttpResponseCode",
                "CamelBeanMethodName",
                "CamelExecCommandExecutable",
                "CamelCharsetName",
                "CamelSkipWwwFormUrlEncoding",
                "org.apache.camel.Exchange",
                "ORG.APACHE.CAMEL.file",
                "org.apache.camel.component.file.name",
                "org-apache-camel-x",
                "breadcrumbId",
                "Authorization",
                "X-Forwarded-For",
                "exchangeProperty.partner",
                "%43amelFileName",
                "Camel%46ileName",
                "javax.servlet.request.X509Certificate",
                "jakarta.servlet.request.X509Certificate",
                "io.countersign.target",
                "Long-Running-Action",
                "mail.smtp.host",
            })
    void aNameFromOutsideHasNoEffect(String name) throws Exception {
        String value = "globex";
        String form = name + "=" + value + "&a=b";
        String header = name.contains("%") ? "" : name + ": " + value + "\r\n";
        String multipart =
                "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n--b--\r\n";
        for (List<String> request : List.of(
                List.of("", "text/plain", "payload", header),
                List.of("?" + form, "text/plain", "payload", ""),
                List.of("", "application/x-www-form-urlencoded", form, ""),
                List.of("?" + form, "application/x-www-form-urlencoded", form, header),
                List.of("", "multipart/form-data; boundary=b", multipart, header))) {
            SEEN.clear();
            try (SSLSocket socket =
                    Client.of(home.authority.certificate(), acme).connect(service.port())) {
                Answer answer = Client.exchange(
                        socket,
                        "POST /exchange/order.txt" + request.get(0) + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                                + request.get(1) + "\r\n" + request.get(3) + "Content-Length: "
                                + request.get(2).length() + "\r\n\r\n" + request.get(2));
                assertThat(answer.status()).as(answer.body()).isEqualTo(201);
                assertThat(answer.body())
                        .contains(
                                "\"partner\":\"acme\"",
                                "\"name\":\"order.txt\"",
                                "\"size\":" + request.get(2).length());
            }
            Map<String, Object> seen = SEEN.take();
            assertThat(seen.remove("property partner")).isEqualTo("acme");
            assertThat(KNOWN).containsAll(seen.keySet());
            assertThat(seen.values().toString()).doesNotContain(value);
            assertThat(seen).containsEntry("CamelHttpMethod", "POST").containsEntry("CamelHttpPath", "/order.txt");
        }
        assertThat(home.files("inbox")).allMatch(file -> file.toString().contains("/inbox/acme/"));
    }
}

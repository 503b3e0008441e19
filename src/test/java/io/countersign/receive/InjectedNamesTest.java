package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
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
import org.junit.jupiter.params.provider.EnumSource;

/** Two hundred names that mean something to Camel, a proxy, a servlet or us: from outside, by none of four ways, do they mean anything. */
@TestInstance(Lifecycle.PER_CLASS)
class InjectedNamesTest {
    private static final String VALUE = "injected-value";
    private static final BlockingQueue<Map<String, Object>> SEEN = new LinkedBlockingQueue<>();

    private static final List<String> HEADERS = List.of(
            "CamelHttpMethod",
            "CamelHttpPath",
            "CamelServletContextPath",
            "Content-Type",
            "Content-Length",
            "CamelFileName",
            "CamelFileLocalWorkPath");

    /** The last part of headers that Camel's components take their orders from. */
    private static final List<String> CAMEL = List.of(
            "FileName",
            "FileNameOnly",
            "FileNameConsumed",
            "FileLocalWorkPath",
            "FileParent",
            "FilePath",
            "FileAbsolute",
            "FileAbsolutePath",
            "FileNameProduced",
            "FileLength",
            "FileLastModified",
            "FileHost",
            "FileExchangeFile",
            "OverruleFileName",
            "FileInitialOffset",
            "HttpUri",
            "HttpUrl",
            "HttpPath",
            "HttpQuery",
            "HttpRawQuery",
            "HttpMethod",
            "HttpResponseCode",
            "HttpResponseText",
            "HttpCharacterEncoding",
            "HttpServletRequest",
            "HttpServletResponse",
            "HttpProtocolVersion",
            "HttpChunked",
            "HttpBaseUri",
            "HttpServerName",
            "HttpPort",
            "HttpHost",
            "HttpScheme",
            "RestHttpUri",
            "RestHttpMethod",
            "RestHttpQuery",
            "RestOpenApiOperation",
            "ServletContextPath",
            "ServletRequest",
            "SkipWwwFormUrlEncoding",
            "SkipHttpCharacterEncoding",
            "AcceptContentType",
            "Authentication",
            "AuthenticationFailurePolicyId",
            "Proxy",
            "ExecCommandExecutable",
            "ExecCommandArgs",
            "ExecCommandOutFile",
            "ExecCommandWorkingDir",
            "ExecCommandTimeout",
            "ExecUseStderrOnEmptyStdout",
            "BeanMethodName",
            "BeanMultiParameterArray",
            "LanguageScript",
            "Language",
            "SqlQuery",
            "SqlParameters",
            "SqlGeneratedKeyRows",
            "JdbcParameters",
            "VelocityTemplate",
            "VelocityResourceUri",
            "FreemarkerTemplate",
            "FreemarkerResourceUri",
            "MustacheTemplate",
            "XsltFileName",
            "XsltResourceUri",
            "JmsDestination",
            "JmsDestinationName",
            "KafkaTopic",
            "KafkaOverrideTopic",
            "MailSubject",
            "SmtpTo",
            "AwsS3Key",
            "AwsS3BucketName",
            "AwsS3BucketDestinationName",
            "AzureStorageBlobBlobName",
            "ControlBusAction",
            "LogLevel",
            "TimerName",
            "CharsetName",
            "ContentLength",
            "FailureEndpoint",
            "FailureRouteId",
            "ExceptionCaught",
            "DuplicateMessage",
            "Redelivered",
            "RedeliveryCounter",
            "RollbackOnly",
            "RouteStop",
            "ErrorHandlerHandled",
            "ToEndpoint",
            "RecipientList",
            "SlipEndpoint",
            "AggregatedSize",
            "SplitIndex",
            "MessageHistory",
            "StreamCacheUnitOfWork",
            "Correlationid",
            "InterceptedEndpoint",
            "SchedulerName",
            "TransferException",
            "BatchComplete",
            "GroupedExchange",
            "LoopIndex",
            "Trace",
            "StepId");

    private static final List<String> OTHERS = List.of(
            "partner",
            "transfer",
            "receipt",
            "caller",
            "shown",
            "undo",
            "allow",
            "arrival",
            "id",
            "name",
            "maxSize",
            "address",
            "certificate",
            "io.countersign.target",
            "io.countersign.path",
            "io.countersign.content-type",
            "io.countersign.body-opened",
            "breadcrumbId",
            "exchangeId",
            "routeId",
            "subject",
            "to",
            "from",
            "org.apache.camel.Exchange",
            "org.apache.camel.file.name",
            "org.apache.camel.component.http.uri",
            "org.apache.camel.exec.command",
            "exchangeProperty.partner",
            "header.CamelFileName",
            "variable.partner",
            "global:partner",
            "bodyAs",
            "Authorization",
            "Proxy-Authorization",
            "Cookie",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-Client-Cert",
            "X-Real-IP",
            "X-Client-Cert",
            "X-SSL-Client-S-DN",
            "X-SSL-Client-Verify",
            "SSL_CLIENT_CERT",
            "Forwarded",
            "Client-Cert",
            "Client-Cert-Chain",
            "X-ARR-ClientCert",
            "X-HTTP-Method-Override",
            "X-Original-URL",
            "X-Rewrite-URL",
            "javax.servlet.request.X509Certificate",
            "jakarta.servlet.request.X509Certificate",
            "jakarta.servlet.request.cipher_suite",
            "jakarta.servlet.error.exception",
            "jakarta.servlet.forward.request_uri",
            "jakarta.servlet.include.path_info",
            "org.eclipse.jetty.server.Request.identity",
            "org.eclipse.jetty.io.ssl.certs",
            "class.module.classLoader",
            "JMSReplyTo",
            "SOAPAction",
            "Slug",
            "From",
            "Date",
            "MIME-Version",
            "Content-MD5",
            "Digest",
            "Link",
            "Destination",
            "Overwrite",
            "Depth",
            "If-Match",
            "If-None-Match",
            "Range",
            "traceparent",
            "tracestate",
            "baggage");

    /** As headers these are asked for, and mean something; as anything else they do not. */
    private static final List<String> FIELDS = List.of(
            "Accept",
            "accept",
            "Content-Type",
            "Content-Encoding",
            "Content-Digest",
            "Content-Disposition",
            "Idempotency-Key",
            "idempotency-key",
            "Content-Length",
            "Transfer-Encoding",
            "Host",
            "Expect",
            "Connection");

    private TestHome home;
    private RunningService service;
    private Certified acme;

    /** By which a name may come. */
    enum Way {
        HEADER,
        QUERY,
        FORM,
        TRAILER
    }

    /** Keeps all that the partner's own route gets to see. */
    public static final class Look implements Processor {
        @Override
        public void process(Exchange exchange) {
            Map<String, Object> seen = new TreeMap<>();
            exchange.getMessage().getHeaders().forEach((name, value) -> seen.put("header " + name, value));
            exchange.getAllProperties().forEach((name, value) -> seen.put("property " + name, value));
            exchange.getVariables().forEach((name, value) -> seen.put("variable " + name, value));
            SEEN.add(seen);
        }
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        InjectionTest.acmesRoute(home, Look.class);
        service = RunningService.start(home);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    /** Each also written in other ways, of which some code takes one for another. */
    private static List<String> names() {
        Set<String> names = new LinkedHashSet<>();
        CAMEL.forEach(name -> names.add("Camel" + name));
        names.addAll(OTHERS);
        for (String name : List.of("CamelFileName", "org.apache.camel.x", "partner")) {
            names.addAll(List.of(
                    name.toLowerCase(Locale.ROOT),
                    name.toUpperCase(Locale.ROOT),
                    name.replaceFirst("a", "A"),
                    name.replace('.', '_') + "_",
                    name.replace('.', '-') + "-",
                    "_" + name,
                    "." + name,
                    name.replaceAll("(?<=[a-z])(?=[A-Z])", "-")));
        }
        return List.copyOf(names);
    }

    /** These cannot be written in a field's name (RFC 9110, 5.1): it would be refused. */
    private static List<String> notInFields() {
        return List.of(
                "%43amelFileName",
                "C%61melFileName",
                "Camel%46ileName",
                "\u0421amelFileName",
                "Came\u217cFileName",
                "CamelFileName%00",
                "CamelFileName%20",
                "%09CamelFileName",
                "Camel FileName",
                "%0d%0aCamelFileName",
                "exchangeProperty[partner]",
                "CamelFileName[]",
                "CamelFileName[0]",
                "${CamelFileName}",
                "partner%00");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void reachNoRoute(Way way) throws Exception {
        List<String> names = new ArrayList<>(names());
        assertThat(names).hasSizeGreaterThanOrEqualTo(200);
        if (way == Way.QUERY || way == Way.FORM) {
            names.addAll(notInFields());
        }
        if (way != Way.HEADER) {
            names.addAll(FIELDS);
        }
        int before = home.files("inbox").size();
        try (SSLSocket socket = Client.of(home.authority.certificate(), acme).connect(service.port())) {
            Set<String> usual = sent(socket, way, "X-Harmless");
            assertThat(usual.stream().filter(name -> name.startsWith("header ")).map(name -> name.substring(7)))
                    .isSubsetOf(HEADERS);
            for (String name : names) {
                assertThat(sent(socket, way, name)).as(name).isEqualTo(usual);
            }
        }
        assertThat(home.files("inbox"))
                .hasSize(before + names.size() + 1)
                .allMatch(file -> file.startsWith(home.data().resolve("inbox/acme")));
    }

    /** Sends the same content as ever, beside a name, and says what the partner's route then saw. */
    private Set<String> sent(SSLSocket socket, Way way, String name) throws Exception {
        String form = encoded(name) + "=" + VALUE + "&a=b";
        String field = name + ": " + VALUE + "\r\n";
        String body = way == Way.FORM ? form : "payload";
        String length = "Content-Length: " + body.length() + "\r\n";
        String head =
                "POST /exchange/order.txt" + (way == Way.QUERY ? "?" + form : "") + " HTTP/1.1\r\nHost: localhost\r\n";
        Answer answer = Client.exchange(
                socket,
                switch (way) {
                    case HEADER -> head + field + length + "\r\n" + body;
                    case QUERY -> head + length + "\r\n" + body;
                    case FORM -> head + "Content-Type: application/x-www-form-urlencoded\r\n" + length + "\r\n" + body;
                    case TRAILER ->
                        head + "Transfer-Encoding: chunked\r\nTrailer: " + name + "\r\n\r\n7\r\n" + body + "\r\n0\r\n"
                                + field + "\r\n";
                });
        assertThat(answer.status()).as("%s: %s", name, answer.body()).isEqualTo(201);
        assertThat(answer.body())
                .contains("\"partner\":\"acme\"", "\"name\":\"order.txt\"", "\"sha256\":\"" + sha256(body) + "\"");
        Map<String, Object> seen = SEEN.take();
        assertThat(seen).containsEntry("property partner", "acme").containsEntry("header CamelHttpPath", "/order.txt");
        assertThat(seen.values())
                .as(name)
                .noneMatch(value -> String.valueOf(value).contains(VALUE));
        return Set.copyOf(seen.keySet());
    }

    /** What cannot stand in a query as it is; a percent sign stays. */
    private static String encoded(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = each > ' ' && each < 127 && "[]{}\"<>^`|\\&=#".indexOf(each) < 0;
            encoded.append(plain ? String.valueOf((char) each) : String.format("%%%02x", each));
        }
        return encoded.toString();
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}

package io.countersign.admission;

import io.countersign.listener.AsSent;
import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partner;
import io.countersign.partner.PartnerDirectory;
import io.countersign.partner.Partners;
import io.countersign.refusal.Refusal;
import io.countersign.settings.Problems;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.tls.Authorities;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.jetty.JettyHttpEndpoint;
import org.apache.camel.component.jetty12.JettyHttpComponent12;
import org.apache.camel.http.common.HttpMessage;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to find out who calls, and whether from where it may, among few partners and among many. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AdmissionBenchmark {
    @Param({"10", "10000"})
    public int known;

    /** How the partner's file names it. */
    @Param({"pinned", "named"})
    public String by = "";

    private final Partners partners = new Partners(Clock.systemUTC());
    private final Admission admission = new Admission();
    private List<X509Certificate> shown = List.of();
    private Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    @Setup
    public void describe() throws Exception {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "admission");
        Certified authority = Issue.root("CN=Authority");
        Certified caller = Issue.to("CN=caller").by(authority);
        shown = List.of(caller.certificate(), authority.certificate());
        Map<String, Partners.Described> described = new HashMap<>();
        for (int i = 1; i < known; i++) {
            described.put("partner" + i, new Partners.Described("file" + i, named("CN=partner" + i)));
        }
        Partner partner = named("CN=caller");
        if (by.equals("pinned")) {
            partner = new Partner();
            partner.setCertificates(caller.write(folder, "caller").toString());
            partner.setAddresses("127.0.0.0/8");
        }
        described.put("caller", new Partners.Described("file", partner));
        Problems problems = new Problems();
        PartnerDirectory directory = Partners.read(
                described, Authorities.of(List.of(authority.certificate())), (path, stapled) -> {}, folder, problems);
        if (!problems.isEmpty()) {
            throw new IllegalStateException("the partners have problems");
        }
        partners.use(directory);
        admission.setPartners(partners);
        admission.setMaxSize("1 GB");
        exchange = exchange();
    }

    private static Partner named(String subject) {
        Partner partner = new Partner();
        partner.setSubject(subject);
        partner.setAddresses("127.0.0.0/8");
        return partner;
    }

    /** With a request that knows no more than admission asks for. */
    private Exchange exchange() throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        JettyHttpComponent12 jetty = new JettyHttpComponent12();
        jetty.setCamelContext(context);
        JettyHttpEndpoint endpoint = (JettyHttpEndpoint) jetty.createEndpoint("jetty:http://localhost:0/exchange");
        endpoint.setHttpBinding(new AsSent());
        Exchange made = new DefaultExchange(context);
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getAttribute" ->
                        arguments[0].toString().endsWith("X509Certificate")
                                ? shown.toArray(X509Certificate[]::new)
                                : null;
                    case "getRemoteAddr" -> "127.0.0.1";
                    case "getMethod" -> "PUT";
                    case "getContentLengthLong" -> 1024L;
                    default -> null;
                });
        HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServletResponse.class}, (proxy, method, all) -> null);
        made.setIn(new HttpMessage(made, endpoint, request, response));
        return made;
    }

    @Benchmark
    public Processor admission() throws Refusal {
        admission.process(exchange);
        return admission;
    }

    @Benchmark
    public KnownPartner lookUp() throws Refusal {
        return partners.identify(shown);
    }
}

package io.countersign.client;

import io.countersign.dns.Names;
import io.countersign.partner.Partners;
import io.countersign.tls.CompanyIdentity;
import io.countersign.tls.Identity;
import io.countersign.tls.KeyMaterialException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.Endpoint;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Camel's {@code https:}, by which route files call other companies. Every endpoint that brings no {@code
 * sslContextParameters} of its own shows the company's certificate where the server asks for one, and verifies the server
 * against the shared trust, its host included; with the option {@code partner=NAME} it does both as that partner's file
 * says. Nothing in a message changes where it calls: control headers ({@code CamelHttpUri}, …) count only where an endpoint
 * says {@code skipControlHeaders=false}. Redirects are not followed, and nothing is repeated, unpacked or remembered
 * (cookies) behind the route's back. Who may not be silent for as long as a connection may take has no longer for that.
 */
public final class Servers extends HttpComponent {
    private static final long CONNECT_MILLIS = 20_000;
    private static final long SILENCE_MILLIS = 120_000;

    private @Nullable CompanyIdentity identity;
    private @Nullable Partners partners;
    private @Nullable Names names;
    private @Nullable ScheduledExecutorService watch;

    public Servers() {
        setConnectTimeout(CONNECT_MILLIS);
        setSoTimeout(SILENCE_MILLIS);
        setResponseTimeout(SILENCE_MILLIS);
        setRedirectHandlingDisabled(true);
        setAutomaticRetriesDisabled(true);
        setContentCompressionDisabled(true);
        setCookieManagementDisabled(true);
        setAuthCachingDisabled(true);
        setConnectionStateDisabled(true); // else a connection on which we showed a certificate is never used again
        setSkipControlHeaders(true);
        setUserAgent("Countersign");
    }

    /** What we show. */
    public void setIdentity(CompanyIdentity identity) {
        this.identity = identity;
    }

    /** Whom we trust, and what partners' files say about their servers. */
    public void setPartners(Partners partners) {
        this.partners = partners;
    }

    /** Say where a server is whose partner's file says where it must be; without them, nobody does. */
    public void setNames(Names names) {
        this.names = names;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        watch = getCamelContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "watch-calls");
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        boolean ownTls = parameters.containsKey("sslContextParameters");
        String partner = getAndRemoveParameter(parameters, "partner", String.class, "");
        long silence = millis(parameters, "soTimeout", getSoTimeout());
        long connect = millis(parameters, "connectTimeout", getConnectTimeout());
        parameters.put("connectTimeout", String.valueOf(shorter(connect, silence)));
        Endpoint endpoint = super.createEndpoint(uri, remaining, parameters);
        if (endpoint instanceof HttpEndpoint http && !ownTls) {
            HttpClientConfigurer before = http.getHttpClientConfigurer();
            Calls calls = new Calls(
                    () -> Objects.requireNonNull(partners, "partners is not set")
                            .calling(partner, company()),
                    http,
                    names,
                    Objects.requireNonNull(watch));
            http.setHttpClientConfigurer(builder -> {
                if (before != null) {
                    before.configureHttpClient(builder);
                }
                calls.configureHttpClient(builder);
            });
        }
        return endpoint;
    }

    private long millis(Map<String, Object> parameters, String name, long otherwise) {
        return getParameter(parameters, name, Timeout.class, Timeout.ofMilliseconds(otherwise))
                .toMilliseconds();
    }

    /** Of two times, of which 0 is no limit. */
    private static long shorter(long one, long another) {
        return one > 0 && another > 0 ? Math.min(one, another) : Math.max(one, another);
    }

    private Identity company() throws KeyMaterialException {
        return Objects.requireNonNull(identity, "identity is not set").inForce();
    }
}

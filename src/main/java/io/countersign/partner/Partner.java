package io.countersign.partner;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A partner as its file in {@code routes/partners/} describes it: the bean whose name is the partner's. It holds the text
 * as written; what is wrong with it is reported when the file is loaded, all at once.
 */
public final class Partner {
    private @Nullable String certificates;
    private @Nullable String authority;
    private @Nullable String subject;
    private @Nullable String san;
    private @Nullable String addresses;
    private @Nullable String addressCheck;
    private @Nullable String maxSize;
    private @Nullable String maxTransfers;
    private @Nullable String maxRequests;
    private @Nullable String maxBytes;
    private boolean enabled = true;
    private @Nullable String url;
    private @Nullable String serverTrust;
    private @Nullable String serverAddresses;
    private boolean verifyHost = true;
    private @Nullable String certificate;
    private @Nullable String key;

    /**
     * PEM files, separated by commas: exactly these certificates identify the partner. Each may say when it counts: {@code
     * acme.crt from 2026-12-01, acme-old.crt until 2026-12-10}. A day is UTC's, and {@code until} means its end; a time
     * is RFC 3339's, and {@code until} means up to it.
     */
    public void setCertificates(String certificates) {
        this.certificates = certificates;
    }

    /** PEM file of the authority under which the partner's certificates are issued; without it, any of the shared trust. */
    public void setAuthority(String authority) {
        this.authority = authority;
    }

    /** The subject of the partner's certificates, RFC 4514: {@code CN=edi, O=Acme, C=DE}. */
    public void setSubject(String subject) {
        this.subject = subject;
    }

    /** A subject alternative name of the partner's certificates: {@code dns:}, {@code uri:}, {@code ip:} or {@code email:}. */
    public void setSan(String san) {
        this.san = san;
    }

    /**
     * Networks that the partner calls from, separated by commas, also as full names of hosts, or {@code any}; without it a
     * check of the list admits nobody.
     */
    public void setAddresses(String addresses) {
        this.addresses = addresses;
    }

    /**
     * {@code listed} (default): the address must be within {@link #setAddresses}; {@code certificate}: it must be one that the
     * certificate names, or that of a host that it names; {@code both}; {@code either}; {@code off}: it may be any.
     */
    public void setAddressCheck(String addressCheck) {
        this.addressCheck = addressCheck;
    }

    /** The largest payload taken from this partner, where lower than {@code countersign.max-size}. */
    public void setMaxSize(String maxSize) {
        this.maxSize = maxSize;
    }

    /** How many transfers of this partner may be under way at a time, instead of {@code countersign.partner-max-transfers}. */
    public void setMaxTransfers(String maxTransfers) {
        this.maxTransfers = maxTransfers;
    }

    /** How many requests of this partner are taken in a time, such as {@code 600 per 1m}, or {@code unlimited}. */
    public void setMaxRequests(String maxRequests) {
        this.maxRequests = maxRequests;
    }

    /** How many bytes of this partner are taken in a time, such as {@code 10GB per 1d}, or {@code unlimited}. */
    public void setMaxBytes(String maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** {@code false} refuses the partner with a reason of its own, and keeps its file. */
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /** Where the partner receives. */
    public void setUrl(String url) {
        this.url = url;
    }

    /** What the server at {@link #setUrl} must chain to or be, as a PEM file. */
    public void setServerTrust(String serverTrust) {
        this.serverTrust = serverTrust;
    }

    /** Networks in which the host of {@link #setUrl} must be, separated by commas; without it, it may be anywhere. */
    public void setServerAddresses(String serverAddresses) {
        this.serverAddresses = serverAddresses;
    }

    /** Whether the host of {@link #setUrl} must be named in its certificate. */
    public void setVerifyHost(boolean verifyHost) {
        this.verifyHost = verifyHost;
    }

    /** A certificate of ours for this partner alone. */
    public void setCertificate(String certificate) {
        this.certificate = certificate;
    }

    /** The key of {@link #setCertificate}. */
    public void setKey(String key) {
        this.key = key;
    }

    /** What its file sets, by property, in one order; what is left out has its default. */
    public Map<String, String> properties() {
        Map<String, String> set = new LinkedHashMap<>();
        put(set, "certificates", certificates);
        put(set, "authority", authority);
        put(set, "subject", subject);
        put(set, "san", san);
        put(set, "addresses", addresses);
        put(set, "addressCheck", addressCheck);
        put(set, "maxSize", maxSize);
        put(set, "maxTransfers", maxTransfers);
        put(set, "maxRequests", maxRequests);
        put(set, "maxBytes", maxBytes);
        put(set, "enabled", enabled ? null : "false");
        put(set, "url", url);
        put(set, "serverTrust", serverTrust);
        put(set, "serverAddresses", serverAddresses);
        put(set, "verifyHost", verifyHost ? null : "false");
        put(set, "certificate", certificate);
        put(set, "key", key);
        return set;
    }

    /** The certificate and key files that it names, as written, in any property. */
    public Set<String> files() {
        Set<String> files = new LinkedHashSet<>();
        Stream.of(certificates, serverTrust)
                .flatMap(list -> Stream.ofNullable(list).flatMap(text -> Stream.of(text.split(",", -1))))
                .filter(entry -> !entry.isBlank())
                .forEach(entry -> {
                    try {
                        files.add(PinEntry.parse(entry).file());
                    } catch (IllegalArgumentException wrongDate) {
                        files.add(entry.strip());
                    }
                });
        Stream.of(authority, certificate, key).flatMap(Stream::ofNullable).forEach(files::add);
        return files;
    }

    private static void put(Map<String, String> set, String property, @Nullable String value) {
        if (value != null) {
            set.put(property, value);
        }
    }

    @Nullable
    String certificates() {
        return certificates;
    }

    @Nullable
    String authority() {
        return authority;
    }

    @Nullable
    String subject() {
        return subject;
    }

    @Nullable
    String san() {
        return san;
    }

    @Nullable
    String addresses() {
        return addresses;
    }

    @Nullable
    String addressCheck() {
        return addressCheck;
    }

    @Nullable
    String maxSize() {
        return maxSize;
    }

    @Nullable
    String maxTransfers() {
        return maxTransfers;
    }

    @Nullable
    String maxRequests() {
        return maxRequests;
    }

    @Nullable
    String maxBytes() {
        return maxBytes;
    }

    /** {@code false}: known, and refused. */
    public boolean enabled() {
        return enabled;
    }

    @Nullable
    String url() {
        return url;
    }

    @Nullable
    String serverTrust() {
        return serverTrust;
    }

    @Nullable
    String serverAddresses() {
        return serverAddresses;
    }

    boolean verifyHost() {
        return verifyHost;
    }

    @Nullable
    String certificate() {
        return certificate;
    }

    @Nullable
    String key() {
        return key;
    }
}

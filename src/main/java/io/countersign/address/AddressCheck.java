package io.countersign.address;

import io.countersign.dns.Inquiry;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * From where a partner may call: from the networks that are listed, or from where its certificate says that it is. Fails
 * closed: what no name server says in time is no reason to let anybody in.
 */
public record AddressCheck(Kind kind, AllowedAddresses listed) {
    /** Each would have to be looked up at each request. */
    private static final int MOST_NAMES = 100;

    /** What decides. */
    public enum Kind {
        /** The address is within a network of the list. */
        LISTED,
        /** The address is in the certificate, or is that of a host that the certificate names. */
        CERTIFICATE,
        BOTH,
        EITHER,
        /** It may be any address. */
        OFF;

        public static final String ACCEPTED = "listed, certificate, both, either, off";

        /** @throws IllegalArgumentException for anything else */
        public static Kind parse(String text) {
            for (Kind kind : values()) {
                if (kind.toString().equals(text)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("'" + text + "' is not an address check; accepted: " + ACCEPTED);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is admitted, for an operator. */
    public String told() {
        boolean none = listed.equals(AllowedAddresses.NOWHERE);
        return switch (kind) {
            case OFF -> "any (addressCheck: off)";
            case LISTED -> none ? "none: nobody is admitted" : listed.toString();
            case CERTIFICATE -> "those of the certificate's names";
            case BOTH -> none ? "none: nobody is admitted" : listed + ", if they are those of the certificate's names";
            case EITHER -> (none ? "" : listed + ", or ") + "those of the certificate's names";
        };
    }

    /**
     * Finds out whether a caller may call from its address, at once where no name server needs to be asked.
     *
     * @param certificate that the caller shows
     * @param inquiry for what name servers must say
     */
    public CompletableFuture<Finding> find(InetAddress address, X509Certificate certificate, Inquiry inquiry) {
        return switch (kind) {
            case OFF -> CompletableFuture.completedFuture(Finding.FITS);
            case LISTED -> listed.find(address, inquiry);
            case CERTIFICATE -> certified(address, certificate, inquiry);
            case EITHER ->
                listed.contains(address)
                        ? CompletableFuture.completedFuture(Finding.FITS)
                        : Finding.first(
                                List.of(listed.find(address, inquiry), certified(address, certificate, inquiry)));
            case BOTH ->
                listed.find(address, inquiry)
                        .thenCompose(found -> found.fits()
                                ? certified(address, certificate, inquiry)
                                : CompletableFuture.completedFuture(found));
        };
    }

    private static CompletableFuture<Finding> certified(
            InetAddress address, X509Certificate certificate, Inquiry inquiry) {
        CertifiedNames certified = CertifiedNames.of(certificate);
        if (certified.addresses().contains(address)) {
            return CompletableFuture.completedFuture(Finding.FITS);
        }
        if (certified.isEmpty()) {
            return CompletableFuture.completedFuture(Finding.not(
                    "the certificate says nothing about where its owner is: it has no name that is an address, a host or a"
                            + " URI"));
        }
        if (certified.lookedUp() > MOST_NAMES) {
            return CompletableFuture.completedFuture(Finding.not("the certificate names " + certified.lookedUp()
                    + " hosts, more than the " + MOST_NAMES + " that are looked up"));
        }
        HostAddresses is = new HostAddresses(address, inquiry);
        List<CompletableFuture<Finding>> findings = new ArrayList<>();
        if (!certified.addresses().isEmpty()) {
            findings.add(CompletableFuture.completedFuture(
                    Finding.not(Addresses.format(address) + " is not an address in the certificate ("
                            + String.join(
                                    ", ",
                                    certified.addresses().stream()
                                            .map(Addresses::format)
                                            .toList()) + ")")));
        }
        certified.hosts().forEach(host -> findings.add(is.addressOf(host)));
        certified.domains().forEach(domain -> findings.add(is.addressUnder(domain)));
        return Finding.first(findings);
    }
}

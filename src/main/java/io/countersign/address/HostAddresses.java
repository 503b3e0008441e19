package io.countersign.address;

import io.countersign.dns.Answer;
import io.countersign.dns.HostName;
import io.countersign.dns.Inquiry;
import io.countersign.dns.Question;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Whether one address is that of hosts, which name servers say. Fails closed: what they do not say in time is not so. */
record HostAddresses(InetAddress address, Inquiry inquiry) {
    private static final int MOST_TOLD = 8;

    /** Whether the host has this address. */
    CompletableFuture<Finding> addressOf(HostName host) {
        return inquiry.ask(Question.addressesLike(address, host)).thenApply(answer -> {
            if (answer.addresses().contains(address)) {
                return Finding.FITS;
            }
            return answer.isFound()
                    ? Finding.not(written() + " is not an address of " + host + " (" + told(answer) + ")")
                    : not(answer);
        });
    }

    /** Whether the address has a name right under a domain, and that name has this address. */
    CompletableFuture<Finding> addressUnder(HostName domain) {
        return inquiry.ask(Question.hosts(address, written())).thenCompose(answer -> {
            if (!answer.isFound()) {
                return CompletableFuture.completedFuture(not(answer));
            }
            List<CompletableFuture<Finding>> confirmed = answer.hosts().stream()
                    .filter(host -> host.isRightUnder(domain))
                    .map(this::addressOf)
                    .toList();
            return confirmed.isEmpty()
                    ? CompletableFuture.completedFuture(Finding.not("the reverse name of " + written() + " is "
                            + answer.hosts().get(0) + ", which is not right under " + domain))
                    : Finding.first(confirmed);
        });
    }

    private static Finding not(Answer answer) {
        return answer.undetermined() ? Finding.unknown(answer.trouble()) : Finding.not(answer.trouble());
    }

    private String written() {
        return Addresses.format(address);
    }

    private static String told(Answer answer) {
        List<String> some = answer.addresses().stream()
                .limit(MOST_TOLD)
                .map(Addresses::format)
                .toList();
        return String.join(", ", some) + (answer.addresses().size() > MOST_TOLD ? ", …" : "");
    }
}

package io.countersign.address;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Whether an address is one that is allowed, and where it is not, why.
 *
 * @param undetermined whether it may yet turn out to be allowed, once a name server answers
 * @param reason in plain words, for the operator
 */
public record Finding(boolean fits, boolean undetermined, String reason) {
    static final Finding FITS = new Finding(true, false, "");

    static Finding not(String reason) {
        return new Finding(false, false, reason);
    }

    /** Nobody says at the moment. */
    public static Finding unknown(String reason) {
        return new Finding(false, true, reason);
    }

    /** The first of several that fits, or, once all are known, what speaks against each. */
    static CompletableFuture<Finding> first(List<CompletableFuture<Finding>> findings) {
        CompletableFuture<Finding> first = new CompletableFuture<>();
        CompletableFuture<?>[] looked = findings.stream()
                .map(each -> each.thenAccept(finding -> {
                    if (finding.fits()) {
                        first.complete(finding);
                    }
                }))
                .toArray(CompletableFuture<?>[]::new);
        var unused = CompletableFuture.allOf(looked).whenComplete((all, failure) -> {
            if (failure != null) {
                first.completeExceptionally(failure);
            } else {
                first.complete(findings.stream()
                        .map(CompletableFuture::join)
                        .reduce(Finding::nor)
                        .orElseThrow());
            }
        });
        return first;
    }

    private Finding nor(Finding other) {
        return fits || other.fits
                ? FITS
                : new Finding(false, undetermined || other.undetermined, reason + "; " + other.reason);
    }
}

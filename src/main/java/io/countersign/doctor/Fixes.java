package io.countersign.doctor;

import io.countersign.version.Standing;
import io.countersign.version.Standing.Known;
import java.util.List;
import java.util.stream.Collectors;

/** Whether the JDK and the libraries are older than ones with known fixes. Only warns: they still work. */
final class Fixes {
    private final Standing standing;

    Fixes(Standing standing) {
        this.standing = standing;
    }

    Finding java() {
        List<Known> open = standing.open().stream().filter(Known::isJdk).toList();
        String seen = standing.java().toString();
        return open.isEmpty()
                ? Finding.ok("JDK's fixes", seen + ", nothing is known that a newer one mends")
                : Finding.warning(
                        "JDK's fixes",
                        seen,
                        new Cause(
                                reasons(open),
                                "we install JDK " + open.get(0).advisory().fixed()));
    }

    Finding libraries() {
        List<Known> open = standing.open().stream().filter(one -> !one.isJdk()).toList();
        List<Known> dealtWith = standing.dealtWith();
        String seen = standing.looked() + " compared with known vulnerabilities"
                + (dealtWith.isEmpty() ? "" : "; does no harm here: " + ids(dealtWith));
        Finding finding = open.isEmpty()
                ? Finding.ok("libraries' fixes", seen)
                : Finding.warning(
                        "libraries' fixes",
                        seen,
                        new Cause(
                                reasons(open),
                                "we install a newer Countersign, or put the fixed libraries into its lib/ instead"));
        return standing.unknown().isEmpty()
                ? finding
                : finding.with(List.of("versions unknown: " + String.join(", ", standing.unknown())));
    }

    private static String reasons(List<Known> open) {
        return open.stream()
                .map(one -> one.isJdk() ? one.reason() : one.name() + " " + one.version() + ": " + one.reason())
                .collect(Collectors.joining("; "));
    }

    private static String ids(List<Known> dealtWith) {
        return dealtWith.stream()
                .flatMap(one -> one.advisory().ids().stream())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}

package io.countersign.settings;

import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.OperatorTrust;
import io.countersign.tls.SampleCertificates;
import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import org.jspecify.annotations.Nullable;

/** Who may see how the service is: everybody on this machine, or those with a certificate. */
final class OperatorTerms {
    static final String HOST = "countersign.operations-host";
    static final String OPERATORS = "countersign.operators";

    private OperatorTerms() {}

    /** What is shown without a login is shown to everybody who gets there. */
    static void check(Settings settings, @Nullable InetAddress host, Problems problems) {
        boolean reachable = host != null && !host.isLoopbackAddress();
        if (settings.get(OPERATORS).isBlank()) {
            if (reachable) {
                problems.add(
                        settings.where(HOST),
                        "'" + settings.get(HOST) + "' can be reached from other machines, where operators log in by a"
                                + " certificate, and " + OPERATORS
                                + " names none; accepted: PEM files with theirs there,"
                                + " or loopback here, such as 127.0.0.1, ::1 or localhost");
            }
            return;
        }
        OperatorTrust operators = new OperatorTrust();
        operators.setHome(settings.home().toString());
        operators.setCertificates(settings.get(OPERATORS));
        try {
            if (operators.certificates().stream().anyMatch(SampleCertificates::isSample) && reachable) {
                problems.add(
                        settings.where(OPERATORS),
                        "names a sample certificate, whose key everybody has; those are for loopback only, and "
                                + settings.get(HOST) + " is not");
            }
        } catch (KeyMaterialException | InvalidPathException unusable) {
            problems.add(settings.where(OPERATORS), String.valueOf(unusable.getMessage()));
        }
    }
}

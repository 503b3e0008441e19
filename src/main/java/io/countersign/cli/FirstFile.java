package io.countersign.cli;

import io.countersign.settings.Settings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** The line that sends a first file, printed where the sample certificates are in use and nothing is in front. */
final class FirstFile {
    private FirstFile() {}

    static void invite(Service service, Settings settings, PrintWriter out) {
        Path samples = settings.home().resolve("certs-sample");
        boolean sampled = settings.path("countersign.certificate").equals(samples.resolve("company.crt"))
                && Files.exists(samples.resolve("acme.key"))
                && settings.get("countersign.proxies").isBlank();
        service.addresses().stream()
                .filter(address -> sampled && address.endsWith("/exchange"))
                .forEach(address -> {
                    out.println("Countersign runs. Send a first file as the sample partner acme:");
                    out.println();
                    out.println(
                            "  curl --cacert certs-sample/ca.crt --cert certs-sample/acme.crt --key certs-sample/acme.key"
                                    + " -T README.md " + address.replace("127.0.0.1", "localhost") + "/");
                    out.println();
                    out.println(
                            "It arrives in " + settings.path("countersign.data").resolve("inbox/acme"));
                    out.flush();
                });
    }
}

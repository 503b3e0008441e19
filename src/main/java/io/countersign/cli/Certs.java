package io.countersign.cli;

import io.countersign.tls.SampleCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign certs}. */
@Command(
        name = "certs",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Certificates.",
        subcommands = {ShowCertificates.class, RequestCertificate.class, Certs.Sample.class})
final class Certs {
    /** {@code countersign certs sample DIR}. */
    @Command(
            name = "sample",
            mixinStandardHelpOptions = true,
            description =
                    "Makes a sample authority, and certificates under it for the company, the partners acme and globex,"
                            + " and a stranger. Never for production: replaces the files of these names.")
    static final class Sample implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "DIR", description = "The folder to write to.")
        private Path folder = Path.of("certs-sample");

        @Override
        public Integer call() throws IOException {
            SampleCertificates.write(folder).forEach(spec.commandLine().getOut()::println);
            return 0;
        }
    }
}

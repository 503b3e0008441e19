package io.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Ran;
import org.junit.jupiter.api.Test;

/** {@code run}, which is told apart from all other commands before these are looked at. */
class RunCommandTest {
    @Test
    void saysItsVersionAndWhatItTakes() {
        assertThat(Ran.command("run", "--version"))
                .isEqualTo(new Ran(0, Commands.VERSION + System.lineSeparator(), ""));
        assertThat(Ran.command("run", "--help").out()).isEqualToNormalizingNewlines("""
                        Usage: countersign run [-hV] [--home=DIR]
                        Runs the service with the routes and settings of a home folder, until it is
                        stopped (SIGTERM).
                          -h, --help       Show this help message and exit.
                              --home=DIR   The folder with routes/ and countersign.properties (default:
                                             the working directory).
                          -V, --version    Print version information and exit.
                        Exit codes:
                          0   stopped as asked
                          1   something in the settings or route files must be mended
                          2   wrong usage
                        """);
        assertThat(Ran.command("--help").out()).containsSubsequence("Commands:", "run ", "partners ", "doctor ");
    }

    @Test
    void whatItDoesNotKnowIsWrongUsage() {
        Ran unknown = Ran.command("run", "--hom");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("Unknown option: '--hom'", "--home");
        assertThat(Ran.command("run", "now").exitCode()).isEqualTo(2);
        assertThat(Ran.command("run", "--home").err()).contains("--home=DIR");
    }
}

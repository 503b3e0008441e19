package io.countersign.testing;

import io.countersign.cli.Commands;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A command that was run in this JVM, and what it printed. */
public record Ran(int exitCode, String out, String err) {
    public static Ran command(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commands =
                Commands.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        int exitCode = commands.execute(words);
        return new Ran(exitCode, out.toString(), err.toString());
    }
}

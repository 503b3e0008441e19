package io.countersign;

import io.countersign.cli.Commands;

/** The entry point of {@code bin/countersign}. */
public final class Countersign {
    private Countersign() {}

    public static void main(String[] arguments) {
        int exitCode = Commands.execute(arguments);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }
}

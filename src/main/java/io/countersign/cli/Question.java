package io.countersign.cli;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;

/** A question that only a person may answer. */
final class Question {
    private Question() {}

    /** The answer; none where there is no terminal to ask on. Anything but a yes is a no. */
    @SuppressWarnings("SystemConsoleNull") // it does on JDK 17, and what it returns since is looked at
    static Optional<Boolean> ask(String text) {
        Console console = System.console();
        if (console == null || !isTerminal(console)) {
            return Optional.empty();
        }
        String answer = console.readLine("%s [y/N] ", text);
        return Optional.of(
                answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes"));
    }

    /** Since JDK 22 there is a console without a terminal, too, and a method that tells them apart. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException older) {
            return true;
        } catch (ReflectiveOperationException | ClassCastException unknown) {
            return false;
        }
    }
}

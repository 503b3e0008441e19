package io.countersign.ledger;

import io.countersign.ledger.Trouble.Kind;
import java.util.Locale;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What PostgreSQL's SQLSTATEs mean for a ledger (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
final class PostgresStates {
    private PostgresStates() {}

    static Trouble trouble(PSQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        Trouble trouble = switch (state) {
            case "53100" -> of(Kind.FULL, "no space left on the server's disk", "make room there", failed);
            case "53300" ->
                of(
                        Kind.DOWN,
                        "the server has no connection to spare",
                        "raise its max_connections, or end others'",
                        failed);
            case "28P01", "28000" ->
                of(
                        Kind.DOWN,
                        "the server does not let us in",
                        "see countersign.ledger-user, countersign.ledger-password and the server's pg_hba.conf",
                        failed);
            case "3D000" -> of(Kind.DOWN, "the server has no such database", "create it", failed);
            case "42P01", "3F000" -> of(Kind.GONE, "it has no ledger's tables any more", SqliteCodes.RESTORE, failed);
            case "42501" ->
                of(
                        Kind.DOWN,
                        "the user may not do that",
                        "let countersign.ledger-user create, read and write tables in its schema",
                        failed);
            case "25006" -> of(Kind.DOWN, "the server may only be read", "name the primary server", failed);
            case "55P03" ->
                of(
                        Kind.DOWN,
                        "others have had it locked for " + Database.LOCK_MILLIS / 1000 + " s or more",
                        "end their transactions",
                        failed);
            default -> byClass(state, failed);
        };
        return trouble.isEverybodys() && trouble.seen().toLowerCase(Locale.ROOT).contains("no space left")
                ? of(Kind.FULL, "no space left on the server's disk", "make room there", failed)
                : trouble;
    }

    private static Trouble byClass(String state, PSQLException failed) {
        return switch (state.substring(0, 2)) {
            case "08" ->
                of(Kind.CUT, "there is no connection to the server", "see that it runs and can be reached", failed);
            case "57" -> of(Kind.CUT, "the server ended the connection, or is not ready yet", "see its log", failed);
            case "53", "58", "F0", "XX" -> of(Kind.DOWN, "something is wrong at the server", "see its log", failed);
            // What is said of it may quote what a partner has sent: not in the message.
            default -> new Trouble(Kind.WORK, "that cannot be done (SQLSTATE " + state + ")", "", failed);
        };
    }

    private static Trouble of(Kind kind, String seen, String remedy, PSQLException failed) {
        ServerErrorMessage server = failed.getServerErrorMessage();
        String said = String.valueOf(server == null ? failed.getMessage() : server.getMessage());
        String line = said.lines().findFirst().orElse("");
        return new Trouble(kind, seen + " (" + failed.getSQLState() + ": " + line + ")", remedy, failed);
    }
}

package io.countersign.ledger;

import io.countersign.ledger.Trouble.Kind;
import org.sqlite.SQLiteException;

/** What SQLite's result codes mean for a ledger (https://www.sqlite.org/rescode.html). */
final class SqliteCodes {
    static final String RESTORE = "restore it, or build it anew with 'countersign ledger rebuild'";

    private static final int PERM = 3;
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int NOMEM = 7;
    private static final int READONLY = 8;
    private static final int IOERR = 10;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANTOPEN = 14;
    private static final int PROTOCOL = 15;
    private static final int AUTH = 23;
    private static final int NOTADB = 26;

    private SqliteCodes() {}

    static Trouble trouble(SQLiteException failed, LedgerFile file) {
        String code = " (" + failed.getResultCode().name() + ")";
        return switch (failed.getResultCode().code & 0xff) { // the rest says where SQLite was when it happened
            case FULL -> full(failed, code);
            case BUSY, LOCKED, PROTOCOL ->
                new Trouble(
                        Kind.DOWN,
                        "another process has had it locked for " + Database.LOCK_MILLIS / 1000 + " s or more" + code,
                        "end what holds it, such as a program for databases or for backups",
                        failed);
            case READONLY, PERM, AUTH -> readOnly(failed, code);
            case IOERR, CANTOPEN, NOMEM -> ofDisk(failed, code, file);
            case CORRUPT -> new Trouble(Kind.DOWN, "it is damaged" + code, RESTORE, failed);
            case NOTADB ->
                new Trouble(
                        Kind.DOWN, "it is not an SQLite database" + code, "name another file, or: " + RESTORE, failed);
            default ->
                String.valueOf(failed.getMessage()).contains("no such table: transfer")
                        ? new Trouble(Kind.GONE, "it has no ledger's tables any more", RESTORE, failed)
                        : new Trouble(Kind.WORK, "that cannot be done" + code, "", failed);
        };
    }

    private static Trouble ofDisk(SQLiteException failed, String code, LedgerFile file) {
        if (file.hasNoRoom()) {
            return full(failed, code);
        }
        return file.mayOnlyBeRead()
                ? readOnly(failed, code)
                : new Trouble(
                        Kind.DOWN,
                        "its disk or folder does not let it be opened, read or written" + code,
                        "see to the disk, and to who may use the folder",
                        failed);
    }

    private static Trouble full(SQLiteException failed, String code) {
        return new Trouble(Kind.FULL, "no space left on its disk" + code, "make room", failed);
    }

    private static Trouble readOnly(SQLiteException failed, String code) {
        return new Trouble(
                Kind.DOWN,
                "it may only be read" + code,
                "let the service's user write to the file and to its folder",
                failed);
    }
}

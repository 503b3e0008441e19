package io.countersign.ledger;

/** Writes down transfers without end, in a JVM of its own, and prints the id of each when it was told that it is durable. */
final class CommitsUntilKilled {
    private CommitsUntilKilled() {}

    /** @param arguments address, user and password of the ledger */
    public static void main(String[] arguments) throws LedgerException {
        Ledger ledger = new Ledger(arguments[0], arguments[1], arguments[2], "node");
        ledger.open();
        for (int i = 0; i < 8; i++) {
            new Thread(() -> commit(ledger)).start();
        }
    }

    private static void commit(Ledger ledger) {
        try {
            while (true) {
                Entry entry = Entries.entry();
                if (!Entries.add(ledger, entry)) {
                    throw new IllegalStateException("it is in already");
                }
                System.out.println("durable " + entry.id());
            }
        } catch (LedgerException failed) {
            throw new IllegalStateException(failed);
        }
    }
}

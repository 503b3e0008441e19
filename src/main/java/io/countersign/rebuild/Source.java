package io.countersign.rebuild;

import io.countersign.ledger.Entry;
import java.io.IOException;
import java.nio.file.Path;

/** One kind of files that tell of transfers, one each. */
interface Source {
    /** What is done with a file. */
    interface Visitor {
        void visit(Path file) throws IOException;
    }

    /** Goes through those of a partner. */
    void each(String partner, Visitor visitor) throws IOException;

    /**
     * The transfer that a file tells of, for the ledger.
     *
     * @throws DamagedException where it does not, and should
     */
    Entry read(String partner, Path file) throws IOException, DamagedException;
}

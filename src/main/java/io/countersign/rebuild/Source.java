package io.countersign.rebuild;

import io.countersign.ledger.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** One kind of files that tell of transfers, one each. */
interface Source {
    /** Those of a partner, to be closed. */
    Stream<Path> of(String partner) throws IOException;

    /**
     * The transfer that a file tells of, for the ledger.
     *
     * @throws DamagedException where it does not, and should
     */
    Entry read(String partner, Path file) throws IOException, DamagedException;
}

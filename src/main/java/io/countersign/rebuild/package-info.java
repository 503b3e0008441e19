/**
 * A lost ledger made anew from what is on disk: the receipts that were given, the answers that were got, what has failed.
 * Invents nothing; what cannot be read, or is told by nothing on disk, is named.
 */
@NullMarked
package io.countersign.rebuild;

import org.jspecify.annotations.NullMarked;

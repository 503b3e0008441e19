/**
 * The ledger: every transfer with its state, in SQLite or PostgreSQL, so that what was answered is still known after a crash.
 * Knows no file and no message; what a transfer's state means is for those who write it.
 */
@NullMarked
package io.countersign.ledger;

import org.jspecify.annotations.NullMarked;

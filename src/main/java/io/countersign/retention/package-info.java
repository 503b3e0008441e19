/**
 * What is kept once a transfer or a request has ended, and for how long: refusals in the ledger, keys, sent files, receipts.
 * Deletes nothing but what has had its time; inboxes, outboxes and what has failed are for people.
 */
@NullMarked
package io.countersign.retention;

import org.jspecify.annotations.NullMarked;

/**
 * A payload from the wire to durable storage, and the receipt that promises it.
 * Knows a partner by name only, and no certificate.
 */
@NullMarked
package io.countersign.transfer;

import org.jspecify.annotations.NullMarked;

/**
 * A payload from the wire to durable storage, and what a receipt says of it.
 * Knows a partner by name only, and no certificate.
 */
@NullMarked
package io.countersign.transfer;

import org.jspecify.annotations.NullMarked;

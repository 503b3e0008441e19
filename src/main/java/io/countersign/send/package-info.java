/**
 * The way out: which file of an outbox goes next, what is told about it to the partner, what the partner's answer proves,
 * and what becomes of a file that was not accepted. It knows no key and no socket; the call itself is an {@code https:} endpoint's.
 */
@NullMarked
package io.countersign.send;

import org.jspecify.annotations.NullMarked;

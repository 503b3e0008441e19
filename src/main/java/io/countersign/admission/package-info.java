/**
 * The door: who calls, where from, and whether that partner may hand over what it announces.
 * Reads the TLS session and the socket, and no body.
 */
@NullMarked
package io.countersign.admission;

import org.jspecify.annotations.NullMarked;

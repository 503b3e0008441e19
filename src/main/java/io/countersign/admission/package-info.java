/**
 * The door: who calls, where from, and whether that partner may hand over what it announces.
 * Reads the TLS session, the socket, and of a request what a proxy may say there; no body.
 */
@NullMarked
package io.countersign.admission;

import org.jspecify.annotations.NullMarked;

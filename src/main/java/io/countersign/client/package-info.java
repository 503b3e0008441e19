/**
 * Calls to other companies' servers: Camel's {@code https:} endpoints, with an identity of ours and the server verified.
 * What is said over them is for others to decide.
 */
@NullMarked
package io.countersign.client;

import org.jspecify.annotations.NullMarked;

/**
 * What an operator looks at: how the service is, what ends soon, and its metrics, in the log and over HTTP.
 * It shows what others know and decides nothing.
 */
@NullMarked
package io.countersign.operations;

import org.jspecify.annotations.NullMarked;

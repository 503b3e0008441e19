/**
 * What an operator looks at: how the service is, in Camel's health checks.
 * It shows what others know and decides nothing.
 */
@NullMarked
package io.countersign.operations;

import org.jspecify.annotations.NullMarked;

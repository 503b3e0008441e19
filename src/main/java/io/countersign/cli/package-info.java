/**
 * The subcommands of {@code bin/countersign} and the service that {@code run} starts.
 * Knows everything else; nothing knows it.
 */
@NullMarked
package io.countersign.cli;

import org.jspecify.annotations.NullMarked;

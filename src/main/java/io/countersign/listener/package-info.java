/**
 * The Jetty connectors behind {@code jetty:} endpoints, and what of a request reaches a route.
 * What is refused before any route runs is refused here, in the same form.
 */
@NullMarked
package io.countersign.listener;

import org.jspecify.annotations.NullMarked;

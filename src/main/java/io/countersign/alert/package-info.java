/**
 * What somebody should be told of goes to the route {@code direct:alert}: once for what repeats itself, and never more than a
 * person reads. Nobody who tells an alert waits for it, and nothing depends on its being sent.
 */
@NullMarked
package io.countersign.alert;

import org.jspecify.annotations.NullMarked;

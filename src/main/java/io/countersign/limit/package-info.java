/**
 * How much of the service one partner may have at a time and in a time, so that the others find it as they are used to. Who that
 * partner is has been found out before; what it sends is only counted.
 */
@NullMarked
package io.countersign.limit;

import org.jspecify.annotations.NullMarked;

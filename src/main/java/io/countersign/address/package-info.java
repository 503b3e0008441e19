/**
 * Where a connection comes from, and whether that is within the networks of a list.
 * Nothing here looks up names or believes headers.
 */
@NullMarked
package io.countersign.address;

import org.jspecify.annotations.NullMarked;

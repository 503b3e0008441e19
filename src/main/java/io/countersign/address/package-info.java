/**
 * Where a connection comes from, and whether that is within the networks of a list or fits the certificate that it shows.
 * Nothing here believes a header.
 */
@NullMarked
package io.countersign.address;

import org.jspecify.annotations.NullMarked;

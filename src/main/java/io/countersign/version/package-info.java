/**
 * Knows on which JDK and libraries this runs, and which of them are older than ones with known fixes. What is known comes from
 * a list beside it, {@code advisories.txt}, and never from the network.
 */
@NullMarked
package io.countersign.version;

import org.jspecify.annotations.NullMarked;

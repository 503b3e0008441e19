/**
 * The form of the service's log: lines for people, or an object a line for programs. Knows nothing of what is logged.
 */
@NullMarked
package io.countersign.log;

import org.jspecify.annotations.NullMarked;

/**
 * A service that is asked to stop: what is on its way ends well, and nothing else begins.
 * Each test runs a process of its own, as an operator does, and looks at its exit code.
 */
@NullMarked
package io.countersign.stop;

import org.jspecify.annotations.NullMarked;

/**
 * What the operator has set, from which place it came, and whether it can be used.
 * Everything wrong is collected, so that one start reports all of it.
 */
@NullMarked
package io.countersign.settings;

import org.jspecify.annotations.NullMarked;

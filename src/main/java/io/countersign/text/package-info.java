/**
 * Makes what others have written fit for a log and a terminal. Knows nothing of what the text is.
 */
@NullMarked
package io.countersign.text;

import org.jspecify.annotations.NullMarked;

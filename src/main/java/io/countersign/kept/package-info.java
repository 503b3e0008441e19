/**
 * What was found out and may be needed again, within bounds.
 * How long it counts is for those who keep it to say.
 */
@NullMarked
package io.countersign.kept;

import org.jspecify.annotations.NullMarked;

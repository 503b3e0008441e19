/**
 * Countersign beside what one would use instead, on one core each in turn, under the same load.
 * Promises nothing of what it measures; what it compares with promises less.
 */
@NullMarked
package io.countersign.bench;

import org.jspecify.annotations.NullMarked;

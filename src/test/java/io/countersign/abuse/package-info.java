/**
 * What many callers do at once, or one again and again, that no partner would: each time, a 2xx means exactly one whole file, and
 * anything else none. Short in the normal tests; {@code -Ptorture} makes them long.
 */
@NullMarked
package io.countersign.abuse;

import org.jspecify.annotations.NullMarked;

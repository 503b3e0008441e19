/**
 * Certificates that callers have shown: which admitted whom and when, and which were refused because nobody knows them.
 * For operators, who decide by it; nothing here decides whether anybody is admitted.
 */
@NullMarked
package io.countersign.sighting;

import org.jspecify.annotations.NullMarked;

/**
 * Who changed what, and whether it is in force: lines that are only ever added. Knows nothing of what is configured.
 */
@NullMarked
package io.countersign.audit;

import org.jspecify.annotations.NullMarked;

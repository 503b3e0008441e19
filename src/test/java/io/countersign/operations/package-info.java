/** What an operator is told: of what ends, of what cannot be renewed, over HTTP and in the log. */
@NullMarked
package io.countersign.operations;

import org.jspecify.annotations.NullMarked;

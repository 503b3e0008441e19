/**
 * The route files: loading them, and following changes to the partners' files.
 * A file that is wrong changes nothing.
 */
@NullMarked
package io.countersign.route;

import org.jspecify.annotations.NullMarked;

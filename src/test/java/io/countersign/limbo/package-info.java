/**
 * The cases of x509-limbo, put to the service's own validation and to its ends of TLS.
 * Skipped where the cases are not beside the project.
 */
@NullMarked
package io.countersign.limbo;

import org.jspecify.annotations.NullMarked;

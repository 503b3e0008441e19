/**
 * Finds out why two-way TLS does not work: plays a call to a server step by step, and looks at an installation. Changes
 * nothing, and says what is wrong, and who should change what.
 */
@NullMarked
package io.countersign.doctor;

import org.jspecify.annotations.NullMarked;

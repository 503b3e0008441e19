/**
 * Who may come: the partners that files describe, and how a certificate names one of them.
 * A certificate that names none, or more than one, names nobody.
 */
@NullMarked
package io.countersign.partner;

import org.jspecify.annotations.NullMarked;

/**
 * Changes partners' files as a person would, in their text: comments, order and everything else stay.
 * Refuses rather than guess where the text has another form than the one it knows.
 */
@NullMarked
package io.countersign.edit;

import org.jspecify.annotations.NullMarked;

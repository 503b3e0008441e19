/**
 * Every reason for turning a caller away, with what the caller and what the operator is told.
 * The two are kept apart: the caller learns nothing about others or about our insides.
 */
@NullMarked
package io.countersign.refusal;

import org.jspecify.annotations.NullMarked;

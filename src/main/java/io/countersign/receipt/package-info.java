/**
 * Receipts: ours, made and kept for what was received, and the signed ones of either side, made and verified.
 * The last step of receiving is here; nothing is promised before it.
 */
@NullMarked
package io.countersign.receipt;

import org.jspecify.annotations.NullMarked;

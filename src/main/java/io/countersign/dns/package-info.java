/**
 * What name servers say of hosts and addresses at the moment: asked once for many, kept for as long as it counts.
 * Nothing here decides what an answer is good for.
 */
@NullMarked
package io.countersign.dns;

import org.jspecify.annotations.NullMarked;

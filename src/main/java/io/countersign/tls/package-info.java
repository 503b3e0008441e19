/**
 * Keys, certificates, trust and the TLS that listeners speak.
 * Decides whether a certificate is genuine, never whose it is.
 */
@NullMarked
package io.countersign.tls;

import org.jspecify.annotations.NullMarked;

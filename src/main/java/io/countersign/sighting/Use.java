package io.countersign.sighting;

import java.time.Instant;

/**
 * The last time that a certificate admitted its partner.
 *
 * @param fingerprint SHA-256, 64 lower-case hexadecimal digits
 * @param address from which the partner called
 * @param subject RFC 4514 text, printable
 * @param notAfter when the certificate expires
 */
public record Use(String fingerprint, Instant at, String address, String subject, Instant notAfter) {}

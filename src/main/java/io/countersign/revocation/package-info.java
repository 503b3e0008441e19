/**
 * Whether a certificate has been revoked since it was issued, as lists in files, OCSP responders and distribution points say.
 * Asks within a bounded time, keeps what it was told while that is fresh, and believes nothing that the issuer did not sign.
 */
@NullMarked
package io.countersign.revocation;

import org.jspecify.annotations.NullMarked;

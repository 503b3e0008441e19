/**
 * Who stands in front of our listeners, and what of their word counts.
 * Reads what proxies write, before TLS and in headers, and knows neither connections nor partners.
 */
@NullMarked
package io.countersign.proxy;

import org.jspecify.annotations.NullMarked;

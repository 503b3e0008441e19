package io.countersign.partner;

import io.countersign.address.AllowedAddresses;
import io.countersign.tls.CallerTls;

/**
 * On what terms a partner is called; a connection that was made on others is not used any more.
 *
 * @param addresses where the partner's server may be
 */
public record CallTerms(CallerTls tls, AllowedAddresses addresses) {}

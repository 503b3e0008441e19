package io.countersign.partner;

import io.countersign.address.AllowedAddresses;
import io.countersign.tls.Identity;
import io.countersign.tls.ServerTrust;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a partner receives, as its file says.
 *
 * @param url none where it only sends, or where a route of its own says where to
 * @param trust which servers are this partner's; none where any server is that holds under the shared trust
 * @param verifyHost whether the server's certificate must name the host of the URL
 * @param identity what we show to this partner alone; none where it is the company's own
 * @param addresses where the server may be
 */
public record PartnerServer(
        @Nullable URI url,
        @Nullable ServerTrust trust,
        boolean verifyHost,
        @Nullable Identity identity,
        AllowedAddresses addresses) {}

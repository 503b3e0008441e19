package io.countersign.partner;

import io.countersign.address.AllowedAddresses;
import io.countersign.settings.Problems;
import io.countersign.tls.Acceptance;
import io.countersign.tls.Identity;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.Reading;
import io.countersign.tls.ServerTrust;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns the outbound half of a partner's file into a {@link PartnerServer}, or into problems that name the property. */
final class PartnerServerReader {
    private static final Pattern URL = Pattern.compile(
            "https://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?(?:/[A-Za-z0-9._~!'()*,;=:@+-]*)*");

    private static final int LAST_PORT = 65_535;

    private final Path home;
    private final Problems problems;
    private final Reading reading;

    PartnerServerReader(Path home, Problems problems, Reading reading) {
        this.home = home;
        this.problems = problems;
        this.reading = reading;
    }

    PartnerServer read(Partner partner) {
        URI url = url(partner);
        Identity identity = identity(partner);
        return new PartnerServer(url, trust(partner), partner.verifyHost(), identity, addresses(partner));
    }

    /** A list that is there and empty would be a wish to reach nobody, and a mistake. */
    private AllowedAddresses addresses(Partner partner) {
        if (partner.serverAddresses() == null) {
            return AllowedAddresses.ANYWHERE;
        }
        try {
            AllowedAddresses listed = AllowedAddresses.parseNetworks(partner.serverAddresses());
            if (!listed.equals(AllowedAddresses.NOWHERE)) {
                return listed;
            }
            problems.add("serverAddresses", "is empty; accepted: networks, or leaving it out for any");
        } catch (IllegalArgumentException wrong) {
            problems.add("serverAddresses", String.valueOf(wrong.getMessage()));
        }
        return AllowedAddresses.NOWHERE;
    }

    private @Nullable URI url(Partner partner) {
        if (partner.url() == null) {
            return null;
        }
        String text = partner.url().strip();
        var form = URL.matcher(text);
        if (!form.matches() || (form.group(1) != null && !isPort(form.group(1)))) {
            problems.add(
                    "url",
                    "'" + text.replaceAll("//[^/]*@", "//…@")
                            + "' is not an https URL that can be sent to; accepted: https://HOST[:PORT][/PATH],"
                            + " without user, query, fragment or escapes");
            return null;
        }
        try {
            URI url = URI.create(text);
            if (url.getHost() != null) {
                return url;
            }
        } catch (IllegalArgumentException notOne) {
            problems.add("url", "'" + partner.url() + "' is not a URL: " + notOne.getMessage());
            return null;
        }
        problems.add("url", "'" + partner.url() + "' has no host that can be dialled");
        return null;
    }

    private static boolean isPort(String text) {
        int port = Integer.parseInt(text);
        return port > 0 && port <= LAST_PORT;
    }

    private @Nullable Identity identity(Partner partner) {
        if ((partner.certificate() == null) != (partner.key() == null)) {
            problems.add("certificate", "certificate and key belong together; only one of them is set");
            return null;
        }
        if (partner.certificate() == null || partner.key() == null) {
            return null;
        }
        try {
            Path certificate = PartnerReader.path(home, partner.certificate());
            Identity identity = Identity.read(certificate, PartnerReader.path(home, partner.key()), null, reading);
            identity.checkValid(certificate, Instant.now());
            Acceptance.asClient(certificate, identity);
            return identity;
        } catch (KeyMaterialException | IllegalArgumentException unusable) {
            problems.add("certificate", String.valueOf(unusable.getMessage()));
            return null;
        }
    }

    private @Nullable ServerTrust trust(Partner partner) {
        if (partner.serverTrust() == null) {
            return null;
        }
        List<Path> files = new ArrayList<>();
        try {
            for (String file : partner.serverTrust().split(",", -1)) {
                files.add(PartnerReader.path(home, file));
            }
            return ServerTrust.read(files, reading);
        } catch (KeyMaterialException | IllegalArgumentException unusable) {
            problems.add("serverTrust", String.valueOf(unusable.getMessage()));
            return null;
        }
    }
}

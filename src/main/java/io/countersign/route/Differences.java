package io.countersign.route;

import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partner;
import io.countersign.tls.Certificates;
import io.countersign.tls.Dated;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a change is, in words. */
public final class Differences {
    private Differences() {}

    /** Of one file, or of the shared trust. */
    static InForce of(String location, State before, State after) {
        if (location.equals(Draft.TRUST)) {
            return new InForce(location, null, null, ofTrust(before.trust(), after.trust()));
        }
        RouteFile was = before.files().get(location);
        RouteFile is = after.files().get(location);
        List<String> what = new ArrayList<>();
        ofPartners(location, before, after, what);
        if (!before.says(location).equals(after.says(location))
                && (before.says(location).hasParts() || after.says(location).hasParts())) {
            what.add("routes and beans: " + (was == null ? "new" : is == null ? "gone" : "others"));
        }
        if (what.isEmpty()) {
            what.add(was == null ? "a new file" : is == null ? "the file is gone" : "nothing that anybody notices");
        }
        return new InForce(
                RouteFile.name(location),
                was == null ? null : was.sha256(),
                is == null ? null : is.sha256(),
                List.copyOf(what));
    }

    private static void ofPartners(String location, State before, State after, List<String> what) {
        Map<String, KnownPartner> was = known(before, location);
        Map<String, KnownPartner> is = known(after, location);
        Set<String> all = new TreeSet<>(was.keySet());
        all.addAll(is.keySet());
        for (String id : all) {
            KnownPartner old = was.get(id);
            KnownPartner now = is.get(id);
            if (old == null || now == null) {
                what.add("partner " + id + (old == null ? " added" : " removed"));
                certificates(id, old == null ? List.of() : old.dated(), now == null ? List.of() : now.dated(), what);
                continue;
            }
            if (old.enabled() != now.enabled()) {
                what.add("partner " + id + (now.enabled() ? " enabled" : " disabled"));
            }
            properties(set(before, location, id), set(after, location, id))
                    .forEach(each -> what.add("partner " + id + ": " + each));
            certificates(id, old.dated(), now.dated(), what);
        }
    }

    private static Map<String, String> set(State state, String location, String id) {
        Partner partner = state.says(location).partners().get(id);
        return partner == null ? Map.of() : partner.properties();
    }

    private static Map<String, KnownPartner> known(State state, String location) {
        Material material = state.material().get(location);
        return material == null ? Map.of() : material.known();
    }

    /** Of what a partner's file sets. */
    public static List<String> properties(Map<String, String> before, Map<String, String> after) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        names.removeIf(name ->
                name.equals("enabled") || String.valueOf(before.get(name)).equals(String.valueOf(after.get(name))));
        return names.stream()
                .map(name -> !before.containsKey(name)
                        ? name + " set to '" + after.get(name) + "'"
                        : !after.containsKey(name)
                                ? name + " '" + before.get(name) + "' taken out"
                                : name + " changed from '" + before.get(name) + "' to '" + after.get(name) + "'")
                .toList();
    }

    private static void certificates(String id, List<Dated> before, List<Dated> after, List<String> what) {
        Map<String, String> was = byFingerprint(before);
        Map<String, String> is = byFingerprint(after);
        is.forEach((fingerprint, name) -> {
            if (!was.containsKey(fingerprint)) {
                what.add("partner " + id + ": certificate " + name + " added");
            }
        });
        was.forEach((fingerprint, name) -> {
            if (!is.containsKey(fingerprint)) {
                what.add("partner " + id + ": certificate " + name + " removed");
            }
        });
    }

    private static Map<String, String> byFingerprint(List<Dated> dated) {
        return dated.stream()
                .collect(Collectors.toMap(
                        Dated::fingerprint,
                        each -> each.fingerprint() + " (" + each.name() + ")",
                        (one, same) -> one,
                        TreeMap::new));
    }

    private static List<String> ofTrust(Trusted before, Trusted after) {
        Map<String, String> was = authorities(before.authorities().certificates());
        Map<String, String> is = authorities(after.authorities().certificates());
        List<String> what = new ArrayList<>();
        is.forEach((fingerprint, name) -> {
            if (!was.containsKey(fingerprint)) {
                what.add("authority " + fingerprint + " (" + name + ") added");
            }
        });
        was.forEach((fingerprint, name) -> {
            if (!is.containsKey(fingerprint)) {
                what.add("authority " + fingerprint + " (" + name + ") removed");
            }
        });
        if (what.isEmpty()) {
            what.add("the same authorities; " + after.lists().lists().size() + " revocation lists, before "
                    + before.lists().lists().size());
        }
        return what;
    }

    private static Map<String, String> authorities(Collection<X509Certificate> certificates) {
        return certificates.stream()
                .collect(Collectors.toMap(
                        Certificates::fingerprint, Certificates::name, (one, same) -> one, TreeMap::new));
    }
}

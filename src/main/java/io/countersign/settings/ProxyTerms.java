package io.countersign.settings;

import io.countersign.proxy.Proxies;
import java.util.function.Consumer;

/** What the settings say of proxies in front of the partners' listener, tried out on what the route files make of it. */
final class ProxyTerms {
    private ProxyTerms() {}

    static void check(Settings settings, Problems problems) {
        Proxies tried = new Proxies();
        check("countersign.proxies", tried::setAddresses, settings, problems);
        check("countersign.without-proxy", tried::setOthers, settings, problems);
    }

    private static void check(String key, Consumer<String> setter, Settings settings, Problems problems) {
        try {
            setter.accept(settings.get(key));
        } catch (IllegalArgumentException wrong) {
            problems.add(settings.where(key), String.valueOf(wrong.getMessage()));
        }
    }
}

package io.countersign.cli;

import io.countersign.cli.ShowCertificates.Chain;
import io.countersign.settings.Settings;
import io.countersign.tls.CompanyIdentity;
import io.countersign.tls.Identity;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The company's own certificate and, where one is set, the next; with both, which of them is in force. */
final class OwnCertificates {
    private static final String NEXT = "countersign.next-certificate";

    private final Settings settings;
    private final List<String> wrong;

    /** @param wrong gets what cannot be read */
    OwnCertificates(Home home, List<String> wrong) {
        this.settings = home.settings();
        this.wrong = wrong;
    }

    List<Chain> chains() {
        boolean keystore = !settings.get("countersign.keystore").isBlank();
        List<Chain> chains = new ArrayList<>();
        boolean hasNext = !settings.get(NEXT).isBlank();
        X509Certificate now = hasNext ? inForce() : null;
        add(chains, keystore ? "countersign.keystore" : "countersign.certificate", now);
        if (hasNext) {
            add(chains, NEXT, now);
        }
        return chains;
    }

    private void add(List<Chain> chains, String key, @Nullable X509Certificate inForce) {
        try {
            Path file = settings.path(key);
            List<X509Certificate> chain = key.equals("countersign.keystore")
                    ? Identity.read(file, settings.get("countersign.keystore-password"))
                            .chain()
                    : PemFile.read(file).certificates();
            chains.add(new Chain(file.toString(), chain, false, said(key, chain.get(0), inForce)));
        } catch (KeyMaterialException | InvalidPathException unusable) {
            wrong.add(settings.where(key) + ": " + unusable.getMessage());
        }
    }

    private @Nullable String said(String key, X509Certificate shown, @Nullable X509Certificate inForce) {
        if (inForce == null) {
            return null;
        }
        if (shown.equals(inForce)) {
            return "now";
        }
        String from = settings.get("countersign.next-from");
        return key.equals(NEXT)
                ? "not yet; from " + (from.isBlank() ? shown.getNotBefore().toInstant() : from)
                        + ", or when the present one has ended"
                : "no longer; the next one has taken over";
    }

    /** As the settings have it; nothing is read yet. */
    static CompanyIdentity company(Settings settings) {
        CompanyIdentity company = new CompanyIdentity();
        company.setCertificate(settings.get("countersign.certificate"));
        company.setKey(settings.get("countersign.key"));
        company.setKeyPassword(settings.get("countersign.key-password"));
        company.setKeystore(settings.get("countersign.keystore"));
        company.setKeystorePassword(settings.get("countersign.keystore-password"));
        company.setNextCertificate(settings.get(NEXT));
        company.setNextKey(settings.get("countersign.next-key"));
        company.setNextFrom(settings.get("countersign.next-from"));
        return company;
    }

    /** As a service would have it that read the files now; none where it could not use them. */
    private @Nullable X509Certificate inForce() {
        CompanyIdentity company = company(settings);
        try {
            return company.inForce().certificate();
        } catch (KeyMaterialException | InvalidPathException unusable) {
            wrong.add(settings.where(NEXT) + ": which one is in force cannot be told: " + unusable.getMessage());
            return null;
        }
    }
}

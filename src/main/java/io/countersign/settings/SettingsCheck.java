package io.countersign.settings;

import io.countersign.tls.Authorities;
import io.countersign.tls.CompanyIdentity;
import io.countersign.tls.Identity;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import io.countersign.tls.SampleCertificates;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tries everything that the settings name before anything starts: files, keys, address, port, folder. */
public final class SettingsCheck {
    /** In a file: endpoint these begin an escape, the options, or a placeholder; files would go elsewhere. */
    private static final Pattern MISREAD =
            Pattern.compile("[%?]|\\{\\{|\\$\\{" + (File.separatorChar == '/' ? "|\\\\" : ""));

    private final Settings settings;
    private final Problems problems;

    private SettingsCheck(Settings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    /**
     * Checks every setting, and reports each that cannot be used.
     *
     * @return the shared trust, where it could be read
     */
    public static @Nullable Authorities check(Settings settings, Problems problems) {
        SettingsCheck check = new SettingsCheck(settings, problems);
        ListeningCheck partners = ListeningCheck.ofPartners(settings, problems);
        InetAddress host = partners.host();
        Integer port = partners.port();
        partners.isFree(host, port);
        ListeningCheck operations = ListeningCheck.ofOperations(settings, problems);
        InetAddress operationsHost = operations.host();
        Integer operationsPort = operations.port();
        OperatorTerms.check(settings, operationsHost, problems);
        operations.isFree(operationsHost, operationsPort);
        operations.isNotThatOf(operationsHost, operationsPort, host, port);
        return check.all(host);
    }

    /** The same for a command that listens nowhere; the service may be running meanwhile. */
    public static @Nullable Authorities checkWithoutListening(Settings settings, Problems problems) {
        SettingsCheck check = new SettingsCheck(settings, problems);
        return check.all(ListeningCheck.ofPartners(settings, problems).host());
    }

    /** The same for who only looks: the data folder is neither made nor written to. */
    public static void look(Settings settings, Problems problems) {
        SettingsCheck check = new SettingsCheck(settings, problems);
        ListeningCheck partners = ListeningCheck.ofPartners(settings, problems);
        InetAddress host = partners.host();
        var unused = check.allButData(host);
        ListeningCheck operations = ListeningCheck.ofOperations(settings, problems);
        InetAddress operationsHost = operations.host();
        OperatorTerms.check(settings, operationsHost, problems);
        operations.isNotThatOf(operationsHost, operations.port(), host, partners.port());
    }

    /** Those of the data folder, the ledger and what is kept, for a command that needs no others. */
    public static RetentionTerms checkKeeping(Settings settings, Problems problems) {
        SettingsCheck check = new SettingsCheck(settings, problems);
        check.data();
        check.ledger();
        return RetentionTerms.read(settings, problems);
    }

    private @Nullable Authorities all(@Nullable InetAddress host) {
        data();
        return allButData(host);
    }

    private @Nullable Authorities allButData(@Nullable InetAddress host) {
        size();
        ProxyTerms.check(settings, problems);
        var unused = RevocationTerms.read(settings, problems);
        var unusedToo = RetentionTerms.read(settings, problems);
        var unusedEither = ShutdownTerms.read(settings, problems);
        var unusedThere = AlertTerms.read(settings, problems);
        var unusedHere = LogTerms.read(settings, problems);
        var unusedBelow = CryptoTerms.read(settings, problems);
        var unusedAtAll = DnsTerms.read(settings, problems);
        var unusedAsWell = LimitTerms.read(settings, problems);
        ledger();
        password("countersign.key-password");
        password("countersign.keystore-password");
        identity(host);
        return trust(host);
    }

    private void size() {
        try {
            ByteSize.parse(settings.get("countersign.max-size"));
        } catch (IllegalArgumentException notOne) {
            add("countersign.max-size", String.valueOf(notOne.getMessage()));
        }
    }

    private void ledger() {
        String url = settings.get("countersign.ledger-url");
        if (!url.matches("jdbc:(sqlite:[^:].*|postgresql:.+)")) {
            add(
                    "countersign.ledger-url",
                    "'" + url.replaceAll("(?i)(password=)[^&]*", "$1***")
                            + "' is not a ledger; accepted: jdbc:sqlite:FILE, jdbc:postgresql://HOST/DATABASE");
        }
    }

    private void data() {
        if (isEmpty("countersign.data")) {
            return;
        }
        Matcher misread = MISREAD.matcher(settings.get("countersign.data"));
        if (misread.find()) {
            add(
                    "countersign.data",
                    settings.get("countersign.data") + " has '" + misread.group()
                            + "' in its path, which Camel's endpoints would not take as it stands");
            return;
        }
        try {
            Path data = settings.path("countersign.data");
            Files.createDirectories(data);
            Files.delete(Files.createTempFile(data, ".writable", ""));
        } catch (IOException | InvalidPathException unwritable) {
            add("countersign.data", settings.get("countersign.data") + " cannot be written to: " + unwritable);
        }
    }

    /** Route files pass them on as {{placeholders}}, and what Camel finds in a value it looks up or refers to. */
    private void password(String key) {
        if (settings.get(key).matches("(?s).*\\{\\{.*|#.*|RAW[({].*")) {
            add(key, "cannot begin with '#', 'RAW(' or 'RAW{', or contain '{{'");
        }
    }

    private void identity(@Nullable InetAddress host) {
        boolean keystore = !settings.get("countersign.keystore").isBlank();
        String password = settings.get("countersign.key-password");
        if (!keystore) {
            boolean certificate =
                    reads("countersign.certificate", file -> PemFile.read(file).certificates());
            boolean privateKey =
                    reads("countersign.key", file -> PemFile.read(file).privateKey(password));
            if (!certificate || !privateKey) {
                return;
            }
        }
        String key = keystore ? "countersign.keystore" : "countersign.certificate";
        try {
            Identity identity = keystore
                    ? Identity.read(settings.path(key), settings.get("countersign.keystore-password"))
                    : Identity.read(settings.path(key), settings.path("countersign.key"), password);
            keepToLoopback(host, List.of(identity.certificate()), "countersign.certificate and countersign.key");
            next(key);
        } catch (KeyMaterialException | InvalidPathException unusable) {
            boolean aboutKey = !keystore
                    && String.valueOf(unusable.getMessage()).startsWith(settings.get("countersign.key") + " ");
            add(aboutKey ? "countersign.key" : key, String.valueOf(unusable.getMessage()));
        }
    }

    /** @param key where the one before is set, of which more must hold than that it can be read */
    private void next(String key) {
        boolean certificate = !settings.get("countersign.next-certificate").isBlank();
        if (certificate == settings.get("countersign.next-key").isBlank()) {
            add(
                    certificate ? "countersign.next-certificate" : "countersign.next-key",
                    "is set alone; countersign.next-certificate and countersign.next-key belong together");
            return;
        }
        CompanyIdentity company = new CompanyIdentity();
        company.setCertificate(settings.get("countersign.certificate"));
        company.setKey(settings.get("countersign.key"));
        company.setKeyPassword(settings.get("countersign.key-password"));
        company.setKeystore(settings.get("countersign.keystore"));
        company.setKeystorePassword(settings.get("countersign.keystore-password"));
        company.setNextCertificate(settings.get("countersign.next-certificate"));
        company.setNextKey(settings.get("countersign.next-key"));
        company.setNextFrom(settings.get("countersign.next-from"));
        try {
            company.renew(Authorities.of(List.of()), identity -> {});
        } catch (KeyMaterialException | InvalidPathException unusable) {
            String why = String.valueOf(unusable.getMessage());
            add(why.startsWith(settings.get(key) + " ") ? key : "countersign.next-certificate", why);
        }
    }

    private @Nullable Authorities trust(@Nullable InetAddress host) {
        if (isEmpty("countersign.trust")) {
            return null;
        }
        try {
            Authorities trust = Authorities.read(settings.path("countersign.trust"));
            keepToLoopback(host, trust.certificates(), "countersign.trust");
            return trust;
        } catch (KeyMaterialException | InvalidPathException unusable) {
            add("countersign.trust", String.valueOf(unusable.getMessage()));
            return null;
        }
    }

    private void keepToLoopback(@Nullable InetAddress host, Collection<X509Certificate> used, String instead) {
        if (host != null && !host.isLoopbackAddress() && used.stream().anyMatch(SampleCertificates::isSample)) {
            add(
                    "countersign.host",
                    "the sample certificates, whose keys everybody has, are for loopback only, and "
                            + settings.get("countersign.host") + " is not; set " + instead);
        }
    }

    /** What reads a file, for nothing but its failure. */
    private interface Reading {
        Object read(Path file) throws KeyMaterialException;
    }

    private boolean reads(String key, Reading reading) {
        if (isEmpty(key)) {
            return false;
        }
        try {
            var unused = reading.read(settings.path(key));
            return true;
        } catch (KeyMaterialException | InvalidPathException unusable) {
            add(key, String.valueOf(unusable.getMessage()));
            return false;
        }
    }

    /** Left empty, a path would mean the working directory. */
    private boolean isEmpty(String key) {
        boolean empty = settings.get(key).isBlank();
        if (empty) {
            add(key, "is empty");
        }
        return empty;
    }

    private void add(String key, String what) {
        problems.add(settings.where(key), what);
    }
}

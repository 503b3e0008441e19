package io.countersign.sighting;

import io.countersign.address.Addresses;
import io.countersign.tls.Certificates;
import io.countersign.tls.KeyMaterialException;
import io.countersign.transfer.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder {@code seen/} in the data folder: certificates of callers that were refused because nobody knows them, for an
 * operator who may approve one. Bounded, however many strangers come: files of some KB, {@value #KEPT} of those whose key
 * was proven and as many of others, {@value #OF_ONE_ADDRESS} of the latter from one address, the oldest going first; a few
 * are written in a second, and what comes faster is left out.
 */
public final class SeenCertificates {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.refused");
    private static final Pattern FILE = Pattern.compile("[0-9a-f]{64}\\.crt");
    private static final int KEPT = 50;
    private static final int OF_ONE_ADDRESS = 10;
    private static final int LARGEST = 8 * 1024; // bytes, DER
    private static final int WAITING = 16;
    private static final Duration REPEATED = Duration.ofMinutes(1);

    private final Map<String, SeenCertificate> byFingerprint = new ConcurrentHashMap<>();
    private final Queue<SeenCertificate> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Durable durable = new Durable();
    private String complaint = "";

    /** The folder, which need not exist. */
    public static Path folder(Path data) {
        return data.resolve("seen");
    }

    /** All that can be read, newest first. */
    public static List<SeenCertificate> in(Path data) throws IOException {
        List<SeenCertificate> seen = new ArrayList<>();
        if (!Files.isDirectory(folder(data))) {
            return seen;
        }
        try (Stream<Path> files = Files.list(folder(data))) {
            for (Path file : files.toList()) {
                if (FILE.matcher(file.getFileName().toString()).matches()) {
                    try {
                        seen.add(SeenCertificate.read(file));
                    } catch (KeyMaterialException unreadable) {
                        LOG.debug("passed over", unreadable);
                    }
                }
            }
        }
        seen.sort(Comparator.comparing(SeenCertificate::at).reversed());
        return seen;
    }

    void read(Path data) {
        try {
            in(data).forEach(seen -> byFingerprint.put(seen.fingerprint(), seen));
        } catch (IOException unreadable) {
            LOG.warn("{} cannot be read: {}", folder(data), unreadable.toString());
        }
    }

    /** Takes note, without waiting for anything. */
    void saw(String fingerprint, SeenCertificate seen) {
        SeenCertificate before = byFingerprint.get(fingerprint);
        boolean news = before == null
                || (seen.possessed() && !before.possessed())
                || (seen.possessed() == before.possessed()
                        && !seen.at().isBefore(before.at().plus(REPEATED)));
        if (news && isSmall(seen) && !waiting.offer(seen)) {
            LOG.debug("{} is not kept: too many at once", fingerprint);
        }
    }

    /** Writes some of those that wait. */
    void write(Path data, int atMost) {
        for (int written = 0; written < atMost; written++) {
            SeenCertificate seen = waiting.poll();
            if (seen == null) {
                return;
            }
            try {
                durable.write(file(data, seen.fingerprint()), seen.text().getBytes(StandardCharsets.UTF_8));
                byFingerprint.put(seen.fingerprint(), seen);
                shrink(data, SeenCertificate::possessed, KEPT);
                shrink(data, other -> !other.possessed(), KEPT);
                shrink(
                        data,
                        other -> !other.possessed()
                                && Addresses.source(other.address()).equals(Addresses.source(seen.address())),
                        OF_ONE_ADDRESS);
                complaint = "";
            } catch (IOException unwritable) {
                if (!complaint.equals(unwritable.toString())) {
                    complaint = unwritable.toString();
                    LOG.warn("the certificate of a refused caller cannot be kept: {}", complaint);
                }
            }
        }
    }

    private void shrink(Path data, Predicate<SeenCertificate> which, int kept) throws IOException {
        List<SeenCertificate> found = byFingerprint.values().stream()
                .filter(which)
                .sorted(Comparator.comparing(SeenCertificate::at).reversed())
                .toList();
        for (SeenCertificate oldest : found.subList(Math.min(kept, found.size()), found.size())) {
            Files.deleteIfExists(file(data, oldest.fingerprint()));
            byFingerprint.remove(oldest.fingerprint());
        }
    }

    private static Path file(Path data, String fingerprint) {
        return folder(data).resolve(fingerprint + ".crt");
    }

    private static boolean isSmall(SeenCertificate seen) {
        try {
            return seen.certificate().getEncoded().length <= LARGEST;
        } catch (CertificateEncodingException unencodable) {
            LOG.debug("not kept: {}", Certificates.name(seen.certificate()), unencodable);
            return false;
        }
    }
}

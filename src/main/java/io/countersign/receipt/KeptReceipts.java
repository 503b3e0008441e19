package io.countersign.receipt;

import io.countersign.receipt.KeptReceipt.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The receipts of a data folder, found by their files alone, whether or not a service runs there. */
public final class KeptReceipts {
    private static final String JSON = ".json";
    private static final String SIGNED = ".p7m";
    private static final String BESIDE = ".receipt";
    private static final String ANSWER = ".answer.json";

    private final Path data;

    public KeptReceipts(Path data) {
        this.data = data.toAbsolutePath().normalize();
    }

    /** @param partner none for all of them */
    public List<KeptReceipt> received(@Nullable String partner) throws IOException {
        List<KeptReceipt> found = new ArrayList<>();
        for (Path folder : partners("receipts", partner)) {
            Path payloads = data.resolve("inbox").resolve(folder.getFileName());
            for (Path stem : stems(folder, "", 1)) {
                found.add(kept(Direction.RECEIVED, name(folder), stem, payloads));
            }
        }
        return found;
    }

    /** @param partner none for all of them */
    public List<KeptReceipt> sent(@Nullable String partner) throws IOException {
        List<KeptReceipt> found = new ArrayList<>();
        for (Path folder : partners("sent", partner)) {
            for (Path stem : stems(folder, BESIDE, Integer.MAX_VALUE)) {
                found.add(kept(Direction.SENT, name(folder), stem, payload(stem)));
            }
        }
        return found;
    }

    /** Those that are meant by a file's name, or by an id. */
    public List<KeptReceipt> named(String fileOrId) throws IOException {
        Path file = Path.of(fileOrId);
        return Files.exists(file) ? List.of(in(file)) : withId(fileOrId);
    }

    /** Those with an id, ours or, where none of ours has it, a partner's. */
    List<KeptReceipt> withId(String id) throws IOException {
        List<KeptReceipt> found = new ArrayList<>();
        for (KeptReceipt each : received(null)) {
            String name = name(each.file());
            if (name.equals(id + JSON) || name.equals(id + SIGNED)) {
                found.add(each);
            }
        }
        for (KeptReceipt each : found.isEmpty() ? sent(null) : List.<KeptReceipt>of()) {
            if (hasId(each, id)) {
                found.add(each);
            }
        }
        return found;
    }

    private static boolean hasId(KeptReceipt receipt, String id) throws IOException {
        try {
            return receipt.readStated().stated().id().equals(id);
        } catch (ReceiptException unreadable) {
            return false;
        }
    }

    /** That in a file, from wherever it comes; below the data folder it is one with its other form. */
    KeptReceipt in(Path file) throws IOException {
        Path real = file.toRealPath();
        Path base = Files.exists(data) ? data.toRealPath() : data;
        Path below = real.startsWith(base) ? base.relativize(real) : Path.of("");
        String name = name(real);
        boolean isJson = name.endsWith(JSON);
        boolean isPlain = isJson || name.endsWith(SIGNED);
        Path stem = isPlain ? real.resolveSibling(name.substring(0, name.lastIndexOf('.'))) : real;
        Path payload = name(stem).endsWith(BESIDE) ? payload(stem) : null;
        String place = isPlain && below.getNameCount() > 2 ? below.getName(0).toString() : "";
        String partner = place.isEmpty() ? "" : below.getName(1).toString();
        return switch (place) {
            case "receipts" ->
                kept(Direction.RECEIVED, partner, stem, base.resolve("inbox").resolve(partner));
            case "sent", "failed" -> kept(Direction.SENT, partner, stem, payload);
            default -> new KeptReceipt(Direction.ELSEWHERE, null, isJson ? real : null, isJson ? null : real, payload);
        };
    }

    private static KeptReceipt kept(Direction direction, String partner, Path stem, @Nullable Path payloads) {
        Path json = stem.resolveSibling(name(stem) + JSON);
        Path signed = stem.resolveSibling(name(stem) + SIGNED);
        return new KeptReceipt(
                direction, partner, Files.exists(json) ? json : null, Files.exists(signed) ? signed : null, payloads);
    }

    /** Of the files that are receipts, without the ending in which their two forms differ. */
    private static Set<Path> stems(Path folder, String beside, int depth) throws IOException {
        Set<Path> stems = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder, depth)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = name(file);
                boolean receipt = name.endsWith(beside + JSON) || name.endsWith(beside + SIGNED);
                // What was sent may be called like a receipt, and has papers of its own then.
                if (receipt && !name.startsWith(".") && !Files.exists(file.resolveSibling(name + ANSWER))) {
                    stems.add(file.resolveSibling(name.substring(0, name.lastIndexOf('.'))));
                }
            }
        }
        return stems;
    }

    private List<Path> partners(String place, @Nullable String partner) throws IOException {
        Path all = data.resolve(place);
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(all)) {
            return folders.filter(Files::isDirectory)
                    .filter(folder -> partner == null || name(folder).equals(partner))
                    .sorted()
                    .toList();
        }
    }

    private static Path payload(Path stem) {
        String name = name(stem);
        return stem.resolveSibling(name.substring(0, name.length() - BESIDE.length()));
    }

    private static String name(Path file) {
        return Objects.requireNonNull(file.getFileName()).toString();
    }
}

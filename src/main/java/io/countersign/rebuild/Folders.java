package io.countersign.rebuild;

import io.countersign.ledger.TransferId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The data folder, as far as it tells of transfers without papers. */
record Folders(Path data) {
    private static final Pattern RECEIVED =
            Pattern.compile("\\d{8}T\\d{9}Z_(" + TransferId.FORM + ")_.+", Pattern.DOTALL);

    /** Everybody of whom there are papers. */
    List<String> partners() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (String folder : List.of("receipts", "sent", "failed")) {
            in(folder).forEach(own -> names.add(own.getFileName().toString()));
        }
        return List.copyOf(names);
    }

    /**
     * What lies in inboxes, named as what is received is, and has no receipt.
     *
     * @param since from when on there should be one; none where there always should
     */
    List<Path> unreceipted(@Nullable Instant since) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path inbox : in("inbox")) {
            Path receipts = data.resolve("receipts").resolve(inbox.getFileName());
            try (Stream<Path> files = Files.list(inbox)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Matcher name = RECEIVED.matcher(file.getFileName().toString());
                    if (name.matches()
                            && !Files.exists(receipts.resolve(name.group(1) + ".json"))
                            && (since == null || !TransferId.time(name.group(1)).isBefore(since))) {
                        found.add(file);
                    }
                }
            }
        }
        return found;
    }

    /** How many files lie in outboxes. */
    int waiting() throws IOException {
        int waiting = 0;
        for (Path outbox : in("outbox")) {
            try (Stream<Path> files = Files.walk(outbox)) {
                waiting += (int) files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                        .filter(file -> !file.getFileName().toString().startsWith("."))
                        .count();
            }
        }
        return waiting;
    }

    private List<Path> in(String folder) throws IOException {
        if (!Files.isDirectory(data.resolve(folder))) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(data.resolve(folder))) {
            return all.filter(each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }
}

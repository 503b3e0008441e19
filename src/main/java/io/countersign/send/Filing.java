package io.countersign.send;

import io.countersign.transfer.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a file away, with what belongs to it beside it: first the papers, then the file, each of them durable. The file
 * keeps its path; where one of that name or of its papers' names lies there already, or these names would be too long, its id
 * goes before a shortened name. Nothing is ever overwritten but papers of a file that never followed them, and what was put
 * away under the same id before.
 */
final class Filing {
    private static final int MOST_BYTES = 255;
    private static final int ROOM_FOR_PAPERS = 40;
    private static final int MOST_OF_A_PAPER = 1 << 20;

    private final Durable durable;
    private final Path folder;

    /** @param durable one for all files, since it remembers which folders need no flush again */
    Filing(Path folder, Durable durable) {
        this.folder = folder.toAbsolutePath();
        this.durable = durable;
    }

    /**
     * Moves the file to where it is put away. Another that somebody has put in its place in that moment goes back there.
     *
     * @param pending with the path that it keeps where it can, and its id
     * @param sha256 of what was sent, if it was
     * @param papers by the ending that they add to the file's name; they stay in any case
     * @return where the file is now; none where it was another
     */
    Optional<Path> file(Path file, Pending pending, @Nullable String sha256, Map<String, byte[]> papers)
            throws IOException {
        Path filed = move(file, pending.path(), pending.key(), papers);
        if (!pending.isSame(filed, sha256)) {
            putBack(filed, file);
            return Optional.empty();
        }
        Attempts.STEPS.trace("filed {}", pending.key());
        return Optional.of(filed);
    }

    /** Without overwriting one that has come meanwhile: the other would have been replaced by it, had it not been moved. */
    void putBack(Path filed, Path file) throws IOException {
        durable.createFolders(Objects.requireNonNull(file.getParent()));
        try {
            Files.createLink(file, filed);
            Files.delete(filed);
        } catch (FileAlreadyExistsException newer) {
            Files.delete(filed);
        } catch (FileSystemException | UnsupportedOperationException noLinks) {
            Files.move(filed, file);
        }
        durable.flushFolderOf(file);
        durable.flushFolderOf(filed);
    }

    private Path move(Path file, String path, String id, Map<String, byte[]> papers) throws IOException {
        Path target = folder.resolve(path);
        String name = target.getFileName().toString();
        Optional<Path> before = find(path, id, papers.containsKey(Papers.PROBLEM) ? Papers.PROBLEM : Papers.ANSWER)
                .filter(Files::exists);
        if (before.isPresent()) {
            write(papers, before.get());
            return move(file, before.get(), id, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!isFolder(target.getParent())) {
            target = named(folder.resolve(name), id); // a file was put away before that is called like its sub-folder
        } else if (Files.exists(target) || isLong(name) || isTaken(target, id, papers.keySet())) {
            target = named(target, id);
        }
        // The first paper names the id: of two that put a file of one name away at once, one has to give way.
        Map<String, byte[]> unwritten = new LinkedHashMap<>(papers);
        Map.Entry<String, byte[]> first = papers.entrySet().iterator().next();
        Path claim = Papers.beside(target, first.getKey());
        if (durable.putNew(claim, id, first.getValue())) {
            unwritten.remove(first.getKey());
        } else if (!isKey(claim, id)) {
            target = named(target, id);
        }
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        write(unwritten, target);
        return move(file, target, id);
    }

    private Path move(Path file, Path target, String id, CopyOption... options) throws IOException {
        Attempts.STEPS.trace("papers {}", id);
        Files.move(file, target, options);
        durable.flush(target);
        durable.flushFolderOf(file);
        return target;
    }

    /**
     * Where a hand-over's papers are.
     *
     * @param paper the one that names its id as its key
     * @return what they lie beside, whether or not that is there
     */
    Optional<Path> find(String path, String id, String paper) throws IOException {
        Optional<Path> found = Optional.empty();
        for (Path target : targets(path, id)) {
            if (isKey(Papers.beside(target, paper), id)) {
                if (Files.exists(target)) {
                    return Optional.of(target);
                }
                found = Optional.of(target);
            }
        }
        return found;
    }

    /** Removes what a crash has left of papers that were being written. */
    void removeUnfinished(String path, String id) throws IOException {
        for (Path target : targets(path, id)) {
            for (String paper : Papers.ALL) {
                Files.deleteIfExists(target.resolveSibling("." + target.getFileName() + paper + ".part"));
            }
            Files.deleteIfExists(target.resolveSibling("." + id + ".part"));
        }
    }

    /** Removes a failure's papers where its file has not followed them. */
    void removeOrphans(String path, String id) throws IOException {
        Optional<Path> orphaned = find(path, id, Papers.PROBLEM).filter(Files::notExists);
        for (String paper : orphaned.isPresent() ? Papers.ALL : List.<String>of()) {
            Files.deleteIfExists(Papers.beside(orphaned.get(), paper));
        }
    }

    private Set<Path> targets(String path, String id) {
        Path target = folder.resolve(path);
        return new LinkedHashSet<>(List.of(target, named(target, id), named(folder.resolve(target.getFileName()), id)));
    }

    private static boolean isKey(Path paper, String id) {
        try {
            return Files.isRegularFile(paper)
                    && Files.size(paper) <= MOST_OF_A_PAPER
                    && id.equals(Papers.read(paper).get("key"));
        } catch (IOException notAPaper) {
            return false;
        }
    }

    private boolean isFolder(@Nullable Path wanted) {
        try {
            durable.createFolders(Objects.requireNonNull(wanted));
            return true;
        } catch (IOException occupied) {
            return false;
        }
    }

    /** Whether the papers' names are others' files; those of an attempt to put this one away name its id. */
    private static boolean isTaken(Path target, String id, Set<String> papers) throws IOException {
        boolean taken = false;
        for (String paper : papers) {
            Path there = target.resolveSibling(target.getFileName() + paper);
            if (Files.exists(there)) {
                if (Files.size(there) <= MOST_OF_A_PAPER
                        && Files.readString(there, StandardCharsets.ISO_8859_1).contains(id)) {
                    return false;
                }
                taken = true;
            }
        }
        return taken;
    }

    /** Puts the papers of a file away that is no longer there. */
    void keep(String path, String id, Map<String, byte[]> papers) throws IOException {
        write(papers, named(folder.resolve(path), id));
    }

    private void write(Map<String, byte[]> papers, Path target) throws IOException {
        for (Map.Entry<String, byte[]> paper : papers.entrySet()) {
            durable.put(Papers.beside(target, paper.getKey()), paper.getValue());
        }
        durable.flushFolderOf(target);
    }

    private static Path named(Path target, String id) {
        return target.resolveSibling(id + "_" + shortened(target.getFileName().toString()));
    }

    private static boolean isLong(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES - ROOM_FOR_PAPERS;
    }

    private static String shortened(String name) {
        String end = name;
        while (end.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES - 2 * ROOM_FOR_PAPERS) {
            end = end.substring(end.offsetByCodePoints(0, 1));
        }
        return end;
    }
}

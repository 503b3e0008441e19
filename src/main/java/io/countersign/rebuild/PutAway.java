package io.countersign.rebuild;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Files that were put away with papers, in a folder for each partner and below. */
record PutAway(Path folder, String paper) {
    /** The papers, with or without the files that they belong to. */
    void papers(String partner, Source.Visitor visitor) throws IOException {
        Path own = folder.resolve(partner);
        if (!Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> files = Files.walk(own)) {
            for (Path file : (Iterable<Path>) files.filter(this::isPaper)::iterator) {
                visitor.visit(file);
            }
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    /** A file may have been sent under such a name itself; then it has a paper of its own. */
    private boolean isPaper(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(paper)
                && name.length() > paper.length()
                && !name.startsWith(".")
                && !Files.exists(file.resolveSibling(name + paper));
    }

    Path file(Path ofPaper) {
        return beside(ofPaper, "");
    }

    Path beside(Path ofPaper, String other) {
        String name = ofPaper.getFileName().toString();
        return ofPaper.resolveSibling(name.substring(0, name.length() - paper.length()) + other);
    }
}

package io.countersign.rebuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Files that were put away with papers, in a folder for each partner and below. */
record PutAway(Path folder, String paper) {
    /** The papers, with or without the files that they belong to. */
    Stream<Path> papers(String partner) throws IOException {
        Path own = folder.resolve(partner);
        return Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)
                ? Files.walk(own).filter(this::isPaper)
                : Stream.empty();
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

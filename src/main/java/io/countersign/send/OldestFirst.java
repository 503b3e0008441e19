package io.countersign.send;

import java.io.File;
import java.util.Comparator;
import org.apache.camel.component.file.GenericFile;

/**
 * The order in which the files of an outbox go: by the time of their last change, then by name. The same as {@code sortBy:
 * file:modified;file:name}, which evaluates an expression at each comparison, and takes seconds for a hundred thousand files.
 */
public final class OldestFirst implements Comparator<GenericFile<File>> {
    @Override
    public int compare(GenericFile<File> one, GenericFile<File> other) {
        int byTime = Long.compare(one.getLastModified(), other.getLastModified());
        return byTime != 0 ? byTime : one.getFileName().compareTo(other.getFileName());
    }
}

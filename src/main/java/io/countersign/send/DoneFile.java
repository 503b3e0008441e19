package io.countersign.send;

import java.nio.file.Path;

/**
 * How the file is called that says that another beside it is complete: {@code ${file:name}.done}, or with {@code
 * ${file:name.noext}}, the name without its last ending. Camel would look for one alike, and never remove it here, where the
 * route moves the files itself.
 */
record DoneFile(String before, String placeholder, String after) {
    private static final String NAME = "${file:name}";
    private static final String STEM = "${file:name.noext}";

    static DoneFile of(String pattern) {
        String placeholder = pattern.contains(STEM) ? STEM : NAME;
        int start = pattern.indexOf(placeholder);
        if (start < 0 || pattern.equals(placeholder) || pattern.contains("/")) {
            throw new IllegalArgumentException(
                    "doneFile '" + pattern + "' is not the name of one; accepted: a name with " + NAME + " or " + STEM
                            + " and something before or after it");
        }
        return new DoneFile(pattern.substring(0, start), placeholder, pattern.substring(start + placeholder.length()));
    }

    Path beside(Path file) {
        String name = file.getFileName().toString();
        int dot = placeholder.equals(STEM) ? name.lastIndexOf('.') : -1;
        return file.resolveSibling(before + (dot < 0 ? name : name.substring(0, dot)) + after);
    }

    boolean isOne(Path file) {
        String name = file.getFileName().toString();
        return name.length() > before.length() + after.length() && name.startsWith(before) && name.endsWith(after);
    }
}

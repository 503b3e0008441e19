package io.countersign.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has come into force, of one file or other thing that is followed.
 *
 * @param file relative to the home folder, or what it is called
 * @param before SHA-256 of what was in force; none where that is no route file, or there was none
 * @param after SHA-256 of what is
 * @param what has changed thereby, in words
 */
public record InForce(
        String file, @Nullable String before, @Nullable String after, List<String> what) {}

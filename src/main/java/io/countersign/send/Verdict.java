package io.countersign.send;

import org.jspecify.annotations.Nullable;

/**
 * What a partner has decided about a file that could not be put away yet: it need not be asked again.
 *
 * @param refused why; none where it has accepted the file
 */
record Verdict(
        Attempt.Sent sent,
        @Nullable Answer accepted,
        @Nullable Failed refused) {}

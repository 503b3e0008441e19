package io.countersign.dns;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where requests wait for what name servers say. It has room for so many of one partner, and for so many in all, that the
 * threads of those who wait are never those that others need; who finds no room asks nobody and does not wait.
 */
public final class WaitingRoom {
    /** In all; a listener has as many threads more than it needs otherwise. */
    public static final int PLACES = 512;

    private static final int PLACES_OF_ONE = 64;

    private final @Nullable Names names;
    private final Map<String, Integer> waiting = new HashMap<>();
    private int all;

    /** @param names none where nobody can be asked */
    public WaitingRoom(@Nullable Names names) {
        this.names = names;
    }

    /** @param whose places the request takes, if it must wait */
    public Inquiry inquiry(String whose) {
        return new Inquiry(names, this, whose);
    }

    synchronized boolean enter(String whose) {
        int of = waiting.getOrDefault(whose, 0);
        if (all >= PLACES || of >= PLACES_OF_ONE) {
            return false;
        }
        waiting.put(whose, of + 1);
        all++;
        return true;
    }

    synchronized void leave(String whose) {
        all--;
        waiting.computeIfPresent(whose, (same, of) -> of == 1 ? null : of - 1);
    }
}

package io.countersign.route;

import io.countersign.revocation.RevocationLists;
import io.countersign.tls.Authorities;
import io.countersign.tls.RevocationCheck;

/** What {@code countersign.trust} holds at one moment: authorities, and their lists of what they have revoked. */
record Trusted(Authorities authorities, RevocationLists lists, RevocationCheck revocation) {
    /** Lists are not compared: those that were read again count as others. */
    boolean isTheSameAs(Trusted other) {
        return lists == other.lists && authorities == other.authorities;
    }
}

package io.countersign.client;

import java.net.UnknownHostException;

/** A partner's server is not where its file says that it is, or nobody says now where it is; it was not connected to. */
public final class ServerAddressException extends UnknownHostException {
    private final boolean undetermined;

    ServerAddressException(String reason, boolean undetermined) {
        super(reason);
        this.undetermined = undetermined;
    }

    /** Whether it may be otherwise as soon as a name server answers. */
    public boolean isUndetermined() {
        return undetermined;
    }
}

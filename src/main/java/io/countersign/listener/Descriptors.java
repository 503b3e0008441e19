package io.countersign.listener;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many connections the process may have open, by the files that the machine lets it open. */
final class Descriptors {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");
    /** For what is opened later: the ledger's files, route files, certificates, calls to partners. */
    private static final int OTHERS = 40;

    private Descriptors() {}

    /** As many as are wanted, or fewer, with a warning: each needs one, and another for the file that it sends. */
    static int connections(int wanted) {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean machine)) {
            return wanted;
        }
        long most = machine.getMaxFileDescriptorCount();
        long room = Math.max(8, (most - machine.getOpenFileDescriptorCount() - OTHERS) / 2);
        if (room >= wanted) {
            return wanted;
        }
        LOG.warn(
                "only {} connections are taken at a time instead of {} (countersign.max-connections): the process may open {}"
                        + " files; accepted: a higher limit (ulimit -n, LimitNOFILE)",
                room,
                wanted,
                most);
        return (int) room;
    }
}

/** What tests share: certificates made in memory, a home folder, a service on a free port, clients on real sockets. */
@NullMarked
package io.countersign.testing;

import org.jspecify.annotations.NullMarked;

/**
 * Disks that are full and folders that take nothing, as a system has them: small file systems that each test mounts.
 * Nothing may be half done meanwhile, and all goes on as soon as the cause has gone.
 */
@NullMarked
package io.countersign.disk;

import org.jspecify.annotations.NullMarked;

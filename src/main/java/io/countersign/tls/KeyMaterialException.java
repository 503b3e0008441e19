package io.countersign.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A certificate, key or trust file that cannot be used; the message names the file, what was seen and what is accepted. */
public final class KeyMaterialException extends Exception {
    public KeyMaterialException(Path file, String what) {
        this(file, what, null);
    }

    public KeyMaterialException(Path file, String what, @Nullable Throwable cause) {
        super(file + " " + what, cause);
    }
}

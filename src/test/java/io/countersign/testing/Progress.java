package io.countersign.testing;

/** Tells whoever waits for a long test how far it is. */
public final class Progress {
    private static final int LINES = 20;

    private Progress() {}

    /** @param what has been reached so far */
    public static void tell(int done, int of, String what) {
        if (done % Math.max(1, of / LINES) == 0 && of > LINES) {
            System.out.printf("%d of %d: %s%n", done, of, what);
        }
    }
}

package io.countersign.settings;

/**
 * Whose implementation of the algorithms is used.
 *
 * @param isNative one in machine code, where it runs here
 */
public record CryptoTerms(boolean isNative) {
    private static final String CRYPTO = "countersign.crypto";

    public static CryptoTerms of(Settings settings) {
        return read(settings, new Problems());
    }

    static CryptoTerms read(Settings settings, Problems problems) {
        String crypto = settings.get(CRYPTO);
        if (!crypto.equals("native") && !crypto.equals("jdk")) {
            problems.add(settings.where(CRYPTO), "'" + crypto + "' is none; accepted: native, jdk");
        }
        return new CryptoTerms(crypto.equals("native"));
    }
}

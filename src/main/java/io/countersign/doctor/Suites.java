package io.countersign.doctor;

import io.countersign.tls.ListenerTls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cipher suites and groups by their numbers (IANA, TLS Parameters): those that calls speak, and others that servers may. */
final class Suites {
    private static final Map<Integer, String> SPOKEN = new LinkedHashMap<>();
    private static final Map<Integer, String> OTHER = new LinkedHashMap<>();
    /** What JSSE offers. */
    static final List<Integer> GROUPS = List.of(29, 23, 24, 25, 30, 256, 257, 258, 259, 260);

    private static final Map<Integer, String> OTHER_GROUPS = new LinkedHashMap<>();

    static {
        spoken(0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8);
        other(0x1304, "TLS_AES_128_CCM_SHA256", 0x1305, "TLS_AES_128_CCM_8_SHA256");
        other(0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", 0xC024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384");
        other(0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", 0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384");
        other(0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");
        other(0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");
        other(0xC0AC, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", 0xC0AD, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM");
        other(0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 0x009F, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384");
        other(0xCCAA, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256");
        other(0x006B, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", 0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA");
        other(0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", 0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA");
        other(0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384");
        other(0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256", 0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256");
        other(0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA", 0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA");
        other(0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", 0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA");
        other(0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", 0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA");
        other(0x0005, "TLS_RSA_WITH_RC4_128_SHA", 0x0004, "TLS_RSA_WITH_RC4_128_MD5");
        OTHER_GROUPS.put(22, "secp256k1");
        OTHER_GROUPS.put(26, "brainpoolP256r1");
        OTHER_GROUPS.put(27, "brainpoolP384r1");
        OTHER_GROUPS.put(28, "brainpoolP512r1");
        OTHER_GROUPS.put(31, "brainpoolP256r1tls13");
        OTHER_GROUPS.put(32, "brainpoolP384r1tls13");
        OTHER_GROUPS.put(33, "brainpoolP512r1tls13");
        OTHER_GROUPS.put(21, "secp224r1");
        OTHER_GROUPS.put(19, "secp192r1");
        OTHER_GROUPS.put(14, "sect571r1");
        OTHER_GROUPS.put(13, "sect571k1");
        OTHER_GROUPS.put(9, "sect283k1");
        OTHER_GROUPS.put(10, "sect283r1");
        OTHER_GROUPS.put(0x11EC, "X25519MLKEM768");
        OTHER_GROUPS.put(0x11EB, "SecP256r1MLKEM768");
    }

    private Suites() {}

    /** In the order of {@link ListenerTls#CIPHER_SUITES}. */
    private static void spoken(int... numbers) {
        for (int i = 0; i < numbers.length; i++) {
            SPOKEN.put(numbers[i], ListenerTls.CIPHER_SUITES.get(i));
        }
    }

    private static void other(int one, String itsName, int another, String nameOfThat) {
        OTHER.put(one, itsName);
        OTHER.put(another, nameOfThat);
    }

    static List<Integer> spoken() {
        return List.copyOf(SPOKEN.keySet());
    }

    static List<Integer> all() {
        List<Integer> all = new ArrayList<>(SPOKEN.keySet());
        all.addAll(OTHER.keySet());
        return all;
    }

    static List<Integer> allGroups() {
        List<Integer> all = new ArrayList<>(GROUPS);
        all.addAll(OTHER_GROUPS.keySet());
        return all;
    }

    static List<Integer> otherGroups() {
        return List.copyOf(OTHER_GROUPS.keySet());
    }

    static boolean isSpoken(int suite) {
        return SPOKEN.containsKey(suite);
    }

    static String name(int suite) {
        return SPOKEN.getOrDefault(suite, OTHER.getOrDefault(suite, "0x%04X".formatted(suite)));
    }

    static String groupName(int group) {
        return OTHER_GROUPS.getOrDefault(group, "group " + group);
    }
}

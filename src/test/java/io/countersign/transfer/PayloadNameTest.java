package io.countersign.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadNameTest {
    private static final Instant RECEIVED = Instant.parse("2026-07-30T12:34:56.789Z");
    private static final String ID = "01985b2e-7c4a-7def-8123-456789abcdef";
    private static final Set<String> DEVICES = Set.of(
            "con", "prn", "aux", "nul", "com0", "com1", "com9", "com¹", "com²", "com³", "lpt0", "lpt1", "lpt9", "lpt¹",
            "conin$", "conout$");

    @ParameterizedTest
    @CsvSource({
        "orders.xml, orders.xml",
        "Bestellung 2026-07.csv, Bestellung 2026-07.csv",
        "données_été.txt, données_été.txt",
        "注文書.pdf, 注文書.pdf",
        "a+b=c@d(1)~x.txt, a+b=c@d(1)~x.txt",
        "a:b.txt, a_b.txt",
        "a*?<>|.txt, a_____.txt",
        "a'b`c$d&e;f#g!.txt, a_b_c_d_e_f_g_.txt",
        "a%2Fb.txt, a_2Fb.txt",
        "%2e%2e, _2e_2e",
        ".htaccess, _htaccess",
        "..., _",
        "..secret, _secret",
        "-rf, _rf",
        "--delete, _delete",
        "~root, _root",
        "' lead.txt', _lead.txt",
        "trail.txt., trail.txt_",
        "'trail.txt  ', trail.txt_",
        "a..b, a..b",
        "CON, _CON",
        "con.txt, _con.txt",
        "Nul.tar.gz, _Nul.tar.gz",
        "'con .txt', '_con .txt'",
        "COM1, _COM1",
        "lpt³.log, _lpt³.log",
        "console.txt, console.txt",
        "com10, com10",
        "😀.txt, _.txt",
        "e\u0301.txt, é.txt",
        "a\u00a0b.txt, a_b.txt",
    })
    void isKeptAsFarAsItIsHarmless(String given, String safe) throws Refusal {
        PayloadName name = PayloadName.of(given);

        assertThat(name.given()).isEqualTo(given);
        assertThat(name.safe()).isEqualTo(safe);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t",
                "\u2003",
                ".",
                "..",
                "/",
                "\\",
                "a/b",
                "../etc/passwd",
                "..\\windows",
                "/etc/passwd",
                "C:\\boot.ini",
                "a\u0000.txt",
                "a\nb",
                "a\rb",
                "a\tb",
                "a\u001b[31m",
                "a\u007fb",
                "a\u0085b",
                "a\u2028b",
                "a\u2029b",
                "gpj.\u202eexe",
                "a\u200bb",
                "a\u200db",
                "a\u2066b",
                "\ufeffa",
                "a\u00adb",
                "a\ud800b",
                "a\udc00b",
                "a\ue000b",
                "a\uffffb",
                "a\u0378b",
                "a\udb40\udc41b",
            })
    void isRefusedWhereItCouldLeadAwayHideOrDeceive(String text) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> PayloadName.of(text))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.NAME_INVALID))
                .withMessageStartingWith("The payload's name cannot be used: ");
    }

    @Test
    void isAtMost255BytesLong() throws Refusal {
        assertThat(PayloadName.of("a".repeat(255)).given()).hasSize(255);
        assertThat(PayloadName.of("é".repeat(127)).given()).hasSize(127);
        for (String tooLong : List.of("a".repeat(256), "é".repeat(128), "注".repeat(86))) {
            assertThatExceptionOfType(Refusal.class)
                    .isThrownBy(() -> PayloadName.of(tooLong))
                    .withMessage("The payload's name cannot be used: it is longer than 255 bytes.");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "orders.xml, orders.xml",
        "a%20b.txt, a b.txt",
        "%61%2Dz, a-z",
        "%e2%82%ac.txt, €.txt",
        "%E2%82%AC.txt, €.txt",
        "a+b, a+b",
        "%252e%252e%252f, %2e%2e%2f",
        "%25, %",
        "a;b=c, a;b=c",
    })
    void isPercentDecodedOnce(String encoded, String given) throws Refusal {
        assertThat(PayloadName.ofPath(encoded).given()).isEqualTo(given);
    }

    @ParameterizedTest
    @CsvSource({
        "%, its percent-encoding is broken",
        "a%2, its percent-encoding is broken",
        "a%, its percent-encoding is broken",
        "%zz, its percent-encoding is broken",
        "%2g, its percent-encoding is broken",
        "%-1, its percent-encoding is broken",
        "%u0041, its percent-encoding is broken",
        "%４１, its percent-encoding is broken",
        "%4１, its percent-encoding is broken",
        "%٤٢, its percent-encoding is broken",
        "é, its percent-encoding is broken",
        "%ff, it is not UTF-8",
        "%c0%af, it is not UTF-8",
        "%c0%ae%c0%ae, it is not UTF-8",
        "%e0%80%af, it is not UTF-8",
        "%ed%a0%80, it is not UTF-8",
        "%e2%82, it is not UTF-8",
        "%f5%80%80%80, it is not UTF-8",
    })
    void isRefusedWhereItsEncodingIsBroken(String encoded, String said) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> PayloadName.ofPath(encoded))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.NAME_INVALID))
                .withMessage("The payload's name cannot be used: " + said + ".");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "%2e",
                "%2e%2e",
                ".%2e",
                "a%2fb",
                "a%2Fb",
                "..%2f..%2fetc%2fpasswd",
                "%5c",
                "a%00",
                "a%0d%0aX: y",
                "%e2%80%ae",
                "a/b",
                "%20"
            })
    void isRefusedForWhatItDecodesTo(String encoded) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> PayloadName.ofPath(encoded))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Code.NAME_INVALID));
    }

    @Test
    void hasATimeAndAnIdBeforeItOnDisk() throws Refusal {
        assertThat(PayloadName.of("orders.xml").onDisk(ID, RECEIVED))
                .isEqualTo("20260730T123456789Z_" + ID + "_orders.xml");
    }

    @ParameterizedTest
    @CsvSource({".csv", ".tar.gz", ".注文書注文書注文書注文", "''"})
    void keepsItsEndingWhereItIsShortened(String ending) throws Refusal {
        String shortened =
                PayloadName.of("b".repeat(255 - bytes(ending)) + ending).safe();

        assertThat(shortened).startsWith("bbbb").endsWith(ending.substring(Math.max(0, ending.lastIndexOf('.'))));
        assertThat(bytes(shortened)).isEqualTo(160);
    }

    @Test
    void isNotCutWithinACharacter() throws Refusal {
        String shortened = PayloadName.of("a" + "𝒜".repeat(60)).safe();

        assertThat(shortened).matches("a𝒜+");
        assertThat(bytes(shortened)).isEqualTo(157);
    }

    /** Each is either refused, or gets a name with which a file stays where it belongs, on every platform. */
    @ParameterizedTest
    @MethodSource("hostileNames")
    void isSafeOrRefused(String given) {
        String onDisk;
        String safe;
        try {
            PayloadName name = PayloadName.of(given);
            safe = name.safe();
            onDisk = name.onDisk(ID, RECEIVED);
        } catch (Refusal refused) {
            assertThat(refused.code()).isEqualTo(Code.NAME_INVALID);
            return;
        }
        Path folder = Path.of("/srv/inbox");
        for (String file : List.of(safe, onDisk)) {
            assertThat(folder.resolve(file).normalize().getParent()).isEqualTo(folder);
            assertThat(file).doesNotContainPattern("[/\\\\:*?\"<>|\\p{C}\\p{Zl}\\p{Zp}]");
            assertThat(file).doesNotStartWith(".").doesNotStartWith("-").doesNotStartWith(" ");
            assertThat(file).doesNotEndWith(".").doesNotEndWith(" ");
            assertThat(bytes(file)).isBetween(1, 255 - ".problem.json".length());
        }
        String stem = safe.contains(".") ? safe.substring(0, safe.indexOf('.')) : safe;
        assertThat(DEVICES).doesNotContain(stem.strip().toLowerCase(Locale.ROOT));
    }

    static Stream<String> hostileNames() {
        Stream<String> devices = DEVICES.stream()
                .flatMap(device -> Stream.of(
                        device,
                        device.toUpperCase(Locale.ROOT),
                        device + ".txt",
                        device + ".tar.gz",
                        device + " ",
                        device + " .txt",
                        device + ".",
                        device + ":",
                        device + ":stream",
                        " " + device));
        Stream<String> long1 = Stream.of(" ", ".", ". ", "a.", "é", "注", "𝒜", "e\u0301")
                .flatMap(part -> Stream.of(
                        part.repeat(40),
                        "a" + part.repeat(80),
                        "a".repeat(159) + part + "b".repeat(50),
                        "a".repeat(158) + part + part + "b".repeat(40),
                        "a".repeat(180) + part + "txt"));
        Stream<String> others = Stream.of(
                "~",
                "~root",
                "-",
                "--",
                "-rf ..",
                ". .",
                ".. .",
                " ..",
                "...",
                ".hidden",
                "..\u2025",
                "\u2024\u2024",
                "\u2215etc",
                "\u29f5x",
                "\uff0e\uff0e",
                "\uff0fetc",
                "\u037e",
                "\u1fef",
                "\u0301",
                "\u3164",
                "\u212a",
                "$(reboot)",
                "`id`",
                "${jndi:ldap://x}",
                "%00",
                "%2e%2e%2f",
                "a\u0000b",
                "\r\nLocation: x",
                "name::$DATA",
                "a\"b",
                "a'b",
                "*",
                "?",
                "|ls",
                ">out",
                "desktop.ini",
                "thumbs.db",
                "{{countersign.data}}",
                "\ufeff",
                "\ud83d\ude00",
                "x".repeat(255),
                "." + "x".repeat(254));
        return Stream.of(devices, long1, others).flatMap(names -> names);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}

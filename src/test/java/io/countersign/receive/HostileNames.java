package io.countersign.receive;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Names that lead elsewhere, hide, deceive, or are somebody's own, as the rest of a path or a Content-Disposition. */
final class HostileNames {
    private HostileNames() {}

    /** As they stand in a request's line. */
    static List<String> inPaths() {
        Set<String> names = new LinkedHashSet<>();
        traversal(names);
        IntStream.rangeClosed(0, 31).forEach(c -> names.add(String.format("a%%%02xb", c)));
        IntStream.rangeClosed(0x7f, 0x9f).forEach(c -> names.add("a" + encoded(Character.toString(c)) + "b"));
        characters().forEach(c -> names.add("a" + encoded(Character.toString(c)) + "b.txt"));
        Stream.of("%00", "%0a", "%0d%0a", "%09", "%20", "%c2%a0", "%e3%80%80", "%e2%80%ae", "%ef%bb%bf", ".")
                .forEach(end -> {
                    names.add("x" + end);
                    names.add(end + "x");
                    names.add(end);
                    names.add(end + end + end);
                });
        devices(names);
        lengths(names);
        ours().forEach(name -> names.add(encoded(name)));
        commands().forEach(name -> names.add(encoded(name)));
        twins().forEach(name -> names.add(encoded(name)));
        names.addAll(List.of(
                "%",
                "%z",
                "%zz",
                "%e",
                "a%",
                "a%2",
                "%u0041",
                "%u002e%u002e%u002fx",
                "%ff",
                "%fe%ff",
                "%c3",
                "%c3%28",
                "%80",
                "%ed%a0%80",
                "%ed%a0%bd%ed%b8%80",
                "%f4%90%80%80",
                "%f8%88%80%80%80",
                "%c1%81",
                "%e0%81%81",
                "%f0%80%81%81",
                "?x",
                "?name=x",
                ";x",
                ";name=x",
                "#x",
                ""));
        return List.copyOf(names);
    }

    private static void traversal(Set<String> names) {
        for (String separator : List.of(
                "/", "%2f", "%252f", "%5c", "\\", "%c0%af", "%ef%bc%8f", "%e2%88%95", ";/", "%00/", "//", "%2F")) {
            for (String dots : List.of("..", "%2e%2e", ".%2E", "%252e%252e", "%c0%ae%c0%ae")) {
                names.add(dots + separator + "x");
                names.add("a" + separator + dots + separator + "x");
            }
            names.add(separator + "etc" + separator + "passwd");
            names.add("globex" + separator + "x");
            names.add("x" + separator);
        }
        names.addAll(List.of(
                "..",
                ".",
                "%2e",
                "%2e%2e",
                "C:%5cx",
                "C:x",
                "%5c%5chost%5cshare%5cx",
                "file:%2f%2f%2fx",
                "x%3astream",
                "x%3a%3a$DATA"));
    }

    /** What nobody sees, or what turns a text around; private, unassigned and no characters at all. */
    private static IntStream characters() {
        return IntStream.of(
                0xad, 0x34f, 0x61c, 0x70f, 0x115f, 0x1160, 0x17b4, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f,
                0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2064, 0x2066, 0x2067, 0x2068,
                0x2069, 0x206a, 0x206f, 0x2800, 0x3164, 0xe000, 0xf8ff, 0xfdd0, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xfffb,
                0xfffd, 0xfffe, 0xffff, 0x1d173, 0xe0001, 0xe0041, 0xe007f, 0xe0100, 0xf0000, 0x10ffff, 0x378, 0x301,
                0x20dd);
    }

    private static void devices(Set<String> names) {
        List<String> devices = new ArrayList<>(List.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"));
        IntStream.range(0, 10).forEach(i -> devices.addAll(List.of("COM" + i, "LPT" + i)));
        for (String device : devices) {
            names.add(device);
            names.add(device.toLowerCase(Locale.ROOT) + ".txt");
        }
        names.addAll(List.of(
                "COM%c2%b9", "COM%c2%b2.txt", "LPT%c2%b3", "nul.", "nul%20", "nul:", "nul%3a.txt", "NUL%00.txt"));
    }

    private static void lengths(Set<String> names) {
        for (int length : List.of(1, 159, 160, 161, 255, 256, 1_000)) {
            names.add("a".repeat(length));
            names.add("a".repeat(length) + ".pdf");
            names.add("%c3%a4".repeat(length / 2 + 1));
            names.add("%f0%9f%98%80".repeat(length / 4 + 1));
        }
        names.add("a." + "b".repeat(200));
        names.add("e%cc%81".repeat(85));
        names.add(".".repeat(255));
    }

    /** Names of our own folders and files, finished and not, and of those of tools that look into folders. */
    private static List<String> ours() {
        String id = "01a2243c-b53e-70c3-bfd1-46fb9cb23e72";
        return List.of(
                "20260101T000000000Z_" + id + "_x",
                "20260101T000000000Z_" + id + "_",
                "_" + id + "_x",
                id,
                "." + id + ".unfinished",
                id + ".unfinished",
                "x.unfinished",
                ".unfinished",
                id + ".json",
                id + ".p7m",
                "x.problem.json",
                ".problem.json",
                "staging",
                "inbox",
                "outbox",
                "sent",
                "failed",
                "receipts",
                "used",
                "seen",
                "ledger.db",
                "ledger.db-wal",
                "audit.log",
                ".camel",
                ".camelLock",
                "x.camelLock",
                ".lock",
                "x.inprogress",
                ".done",
                "x.done",
                ".ssh",
                ".htaccess",
                ".gitignore",
                ".DS_Store",
                "desktop.ini",
                "Thumbs.db",
                "autorun.inf",
                "~$x.docx",
                "x~",
                "#x#",
                ".x.swp",
                "lost+found",
                "acme.camel.yaml");
    }

    private static List<String> commands() {
        return List.of(
                "$HOME",
                "${HOME}",
                "${file:name}",
                "${bean:x}",
                "${body}",
                "$simple{body}",
                "{{countersign.key}}",
                "${exchangeProperty.partner}",
                "#{x}",
                "`id`",
                "$(id)",
                ";id",
                "|id",
                "&id",
                "a;rm -rf x",
                "-rf",
                "--help",
                "-",
                "~",
                "~root",
                "*",
                "?",
                "a*b",
                "<script>",
                "a<b",
                "a>b",
                "'",
                "\"",
                "\"x\"",
                "%n",
                "%s%s%n",
                "%d",
                "@x",
                "!x",
                "=1+1",
                "+1",
                "[x]",
                "{x}",
                "^x",
                "x^",
                "a|b",
                "${jndi:ldap://x}",
                "a\\b",
                "a'b",
                "a=b&c=d",
                "a,b",
                "a:b",
                "x y z",
                " x",
                "x ");
    }

    /** Of which a file system, or a reader, may take one for another. */
    private static List<String> twins() {
        return List.of(
                "order.txt",
                "ORDER.TXT",
                "Order.txt",
                "order.TXT",
                "\u00e9.txt",
                "e\u0301.txt",
                "\u00c9.txt",
                "\u212b",
                "\u00c5",
                "A\u030a",
                "\u2126",
                "\u03a9",
                "\u212a",
                "K",
                "\ufb01",
                "fi",
                "stra\u00dfe",
                "STRASSE",
                "\u0130",
                "\u0131",
                "I",
                "\u0430bc",
                "abc",
                "\uff41",
                "\u2024\u2024",
                "\u2025",
                "\uff0e\uff0e\uff0fx",
                "\ud83d\ude00",
                "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
                "\ud83c\udde9\ud83c\uddea",
                "\ud83d\udc4d\ud83c\udffd",
                "\u2764\ufe0f",
                "\u1e9b\u0323",
                "\uac00",
                "\u1100\u1161",
                "\u0958",
                "\u2f00");
    }

    /** As values of Content-Disposition (RFC 6266), in each of its forms. */
    static List<String> inDispositions() {
        Set<String> dispositions = new LinkedHashSet<>();
        for (String name :
                List.of("../x", "..", "/etc/passwd", "C:\\x", ".hidden", "nul.txt", "x.", "\u00e9", "a;b", "")) {
            String quoted = name.replace("\\", "\\\\").replace("\"", "\\\"");
            dispositions.addAll(List.of(
                    "attachment; filename=\"" + quoted + "\"",
                    "attachment; filename=\"" + name + "\"",
                    "attachment; filename=" + name,
                    "attachment;FILENAME = \"" + quoted + "\" ; x=y",
                    "inline; filename*=UTF-8''" + encoded(name),
                    "attachment; filename*=utf-8'en'" + encoded(name) + "; filename=\"good.txt\"",
                    "attachment; filename*=ISO-8859-1''" + encoded(name),
                    "attachment; filename=\"" + quoted + "\"; filename=\"good.txt\"",
                    "attachment; filename=\"good.txt\"; filename=\"" + quoted + "\"",
                    "form-data; name=\"file\"; filename=\"" + quoted + "\"",
                    "attachment; filename*0=\"" + quoted + "\"; filename*1=\"x\""));
        }
        dispositions.addAll(List.of(
                "attachment",
                "",
                ";",
                "filename",
                "filename=x",
                "attachment; filename",
                "attachment; filename=",
                "attachment; filename=\"x",
                "attachment; filename=\"x\\",
                "attachment; filename*=UTF-8''%",
                "attachment; filename*=UTF-8''%ff",
                "attachment; filename*=UTF-8''a%00b",
                "attachment; filename*=UTF-8''..%2fx",
                "attachment; filename*=x",
                "attachment; filename*=''x",
                "attachment; filename*=\"UTF-8''..%2fx\"",
                "attachment; filename=\"=?utf-8?B?Li4veA==?=\"",
                "attachment; name=\"../x\"",
                "a".repeat(3_000),
                "attachment; filename=\"" + "a".repeat(3_000) + "\"",
                "attachment; filename=\"" + "\\a".repeat(300) + "\""));
        return List.copyOf(dispositions);
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

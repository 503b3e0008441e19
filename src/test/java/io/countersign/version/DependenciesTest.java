package io.countersign.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The dependency check: nothing on the class path has a vulnerability that is on the list, unless the list says what was done
 * about it. How to bring the list up to date stands at its head.
 */
class DependenciesTest {
    private static final String ENTRY = """
            # about it
            artifact: GROUP:ARTIFACT
            advisory: CVE-0000-1
            affected: [1.0,99.0)
            fixed: 99.0
            what: somebody may
             do something
            source: somewhere
            """;

    @Test
    void noLibraryHasAKnownVulnerabilityThatNothingWasDoneAbout() {
        assertThat(complaints(Advisories.shipped(), Libraries.onClassPath())).isEmpty();
    }

    @Test
    void oneThatNothingWasDoneAboutIsComplainedOf() {
        assertThat(complaints(list("org.eclipse.jetty:jetty-server", ""), Libraries.onClassPath()))
                .singleElement()
                .asString()
                .matches("jetty-server 12\\.1\\.\\d+ is older than one with known fixes: CVE-0000-1 "
                        + "\\(somebody may do something\\); fixed: 99\\.0; raise it, or say 'here' what was done");
        assertThat(complaints(list("org.bouncycastle:bcprov-jdk18on", ""), Libraries.onClassPath()))
                .as("an archive without Maven's properties")
                .hasSize(1);
        assertThat(complaints(
                        list("org.eclipse.jetty:jetty-server", "here: not affected because it is not used"),
                        Libraries.onClassPath()))
                .isEmpty();
    }

    @Test
    void anEntryAboutALibraryThatIsGoneIsComplainedOf() {
        assertThat(complaints(list("org.example:gone", ""), Libraries.onClassPath()))
                .containsExactly("org.example:gone is not on the class path any more: remove its entries");
    }

    @Test
    void aMitigationWithoutItsTestIsComplainedOf() {
        String gone = "here: mitigated by luck\nshown: io.countersign.version.DependenciesTest#gone";
        assertThat(complaints(list("org.eclipse.jetty:jetty-server", gone), Libraries.onClassPath()))
                .containsExactly("CVE-0000-1: there is no test io.countersign.version.DependenciesTest#gone");
    }

    private static Advisories list(String artifact, String here) {
        return Advisories.read(ENTRY.replace("GROUP:ARTIFACT", artifact) + here + "\n");
    }

    private static List<String> complaints(Advisories advisories, Libraries libraries) {
        Standing standing = Standing.of(advisories, Release.of("17"), libraries);
        List<String> complaints = new ArrayList<>();
        standing.unknown()
                .forEach(gone -> complaints.add(gone + " is not on the class path any more: remove its entries"));
        standing.open().stream()
                .filter(one -> !one.isJdk())
                .forEach(one -> complaints.add(one + "; raise it, or say 'here' what was done"));
        advisories.all().stream()
                .filter(advisory -> !advisory.shown().isEmpty() && !isTest(advisory.shown()))
                .forEach(advisory -> complaints.add(advisory.ids().get(0) + ": there is no test " + advisory.shown()));
        return complaints;
    }

    private static boolean isTest(String shown) {
        String[] test = shown.split("#");
        try {
            for (Method method : Class.forName(test[0]).getDeclaredMethods()) {
                if (method.getName().equals(test[1])) {
                    return method.isAnnotationPresent(Test.class)
                            || method.isAnnotationPresent(ParameterizedTest.class);
                }
            }
            return false;
        } catch (ClassNotFoundException gone) {
            return false;
        }
    }

    @Test
    void shippedRoutesUseNothingThatIsVulnerable() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file))
                        .as(file.toString())
                        .doesNotContainPattern("(?i)enableCors|\\bsaga\\b|mime-?multipart|\\b(imap|pop3)s?:");
            }
        }
        assertThat(List.of("uri: imaps:mail.example", "enableCORS: true", "- saga:", "mimeMultipart:"))
                .allMatch(text -> text.matches("(?i).*(enableCors|\\bsaga\\b|mime-?multipart|\\b(imap|pop3)s?:).*"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fixed: 99.0     | fixes: 99.0   | 'fixes' is none of
            fixed: 99.0     | fixed         | 'fixed' is none of
            fixed: 99.0     | what: twice   | 'what' is there twice
            source: somewhere | here: mended | 'source' is missing
            source: somewhere | source: x\\nhere: mended | 'here' must begin with 'mitigated by'
            source: somewhere | source: x\\nhere: mitigated by us | 'shown' is missing
            [1.0,99.0)      | 1.0 to 99.0   | '1.0' is no range
            """)
    void aListThatIsNotAsItMustBeIsNotTaken(String instead, String of, String complaint) {
        assertThatThrownBy(() -> Advisories.read(ENTRY.replace(instead, of.replace("\\n", "\n"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint)
                .hasMessageContaining("CVE-0000-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17.0.15", "17.0.21", "18.0.2", "20", "21.0.13", "23.0.2", "25.0.4", "26", "27"})
    void anOldJdkIsKnownAsSuchOnce(String java) {
        assertThat(ofJdk(java))
                .singleElement()
                .asString()
                .startsWith("JDK " + java + " is older than one with known fixes: CVE-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17.0.99", "21.0.99", "25.0.99", "99"})
    void aNewOneIsNot(String java) {
        assertThat(ofJdk(java)).isEmpty();
    }

    private static List<Standing.Known> ofJdk(String java) {
        return Standing.of(Advisories.shipped(), Release.of(java), Libraries.onClassPath()).open().stream()
                .filter(Standing.Known::isJdk)
                .toList();
    }

    @Test
    void theReadmesTableHasEveryAdvisoryThatIsDealtWith() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String security = readme.substring(readme.indexOf("\n## Security\n"));
        assertThat(Standing.here().dealtWith().stream()
                        .flatMap(one -> one.advisory().ids().stream())
                        .distinct())
                .isNotEmpty()
                .allSatisfy(id -> assertThat(security).contains("| " + id + " |"));
        assertThat(Arrays.stream(security.split("\n"))
                        .filter(line -> line.startsWith("| CVE-"))
                        .map(line -> line.split(" ")[1]))
                .allMatch(id -> Advisories.shipped().all().stream()
                        .anyMatch(advisory -> advisory.ids().contains(id)));
    }
}

package io.countersign.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @TempDir
    Path home;

    private final Problems problems = new Problems();

    @Test
    void areTheDefaultsWhereNothingIsSet() {
        Settings settings = gather(Map.of(), Map.of());

        assertThat(settings.get("countersign.host")).isEqualTo("127.0.0.1");
        assertThat(settings.get("countersign.port")).isEqualTo("8443");
        assertThat(settings.get("countersign.max-size")).isEqualTo("10GB");
        assertThat(settings.where("countersign.port")).isEqualTo("countersign.port (default)");
        assertThat(settings.get("countersign.no-such")).isEmpty();
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void comeFromTheFileBeforeTheDefaults() throws IOException {
        write("countersign.port = 9001");

        Settings settings = gather(Map.of(), Map.of());

        assertThat(settings.get("countersign.port")).isEqualTo("9001");
        assertThat(settings.where("countersign.port")).isEqualTo("countersign.port (countersign.properties)");
        assertThat(settings.get("countersign.host")).isEqualTo("127.0.0.1");
    }

    @Test
    void comeFromTheEnvironmentBeforeTheFile() throws IOException {
        write("countersign.port = 9001\ncountersign.max-size = 1MB\n");

        Settings settings = gather(Map.of("COUNTERSIGN_PORT", "9002", "COUNTERSIGN_MAX_SIZE", "2MB"), Map.of());

        assertThat(settings.get("countersign.port")).isEqualTo("9002");
        assertThat(settings.get("countersign.max-size")).isEqualTo("2MB");
        assertThat(settings.where("countersign.max-size"))
                .isEqualTo("countersign.max-size (environment COUNTERSIGN_MAX_SIZE)");
    }

    @Test
    void comeFromTheCommandLineBeforeEverything() throws IOException {
        write("countersign.port = 9001");

        Settings settings = gather(Map.of("COUNTERSIGN_PORT", "9002"), Map.of("countersign.port", "9003"));

        assertThat(settings.get("countersign.port")).isEqualTo("9003");
        assertThat(settings.where("countersign.port")).isEqualTo("countersign.port (-D)");
        assertThat(settings.placeholders()).containsEntry("countersign.port", "9003");
    }

    @Test
    void reportEveryKeyThatNobodyKnowsWithItsPlace() throws IOException {
        write("countersign.prot = 9001\ncountersign.Port = 9001\n");

        Settings settings = gather(Map.of(), Map.of("countersign.hots", "0.0.0.0"));

        assertThat(problems.found())
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem)
                                .startsWith("countersign.prot (countersign.properties): is not a setting; accepted: ")
                                .contains("countersign.port"),
                        problem -> assertThat(problem).startsWith("countersign.Port (countersign.properties): "),
                        problem -> assertThat(problem).startsWith("countersign.hots (-D): is not a setting"));
        assertThat(settings.placeholders()).doesNotContainKeys("countersign.prot", "countersign.hots");
        assertThat(settings.get("countersign.port")).isEqualTo("8443");
    }

    @Test
    void passTheFilesOtherKeysToTheRoutes() throws IOException {
        write("acme.folder = /srv/acme\ncountersign.port=9001\n");

        Settings settings = gather(Map.of(), Map.of());

        assertThat(settings.placeholders())
                .containsEntry("acme.folder", "/srv/acme")
                .containsEntry("countersign.port", "9001")
                .containsEntry("countersign.home", home.toString());
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void takeNothingElseFromTheCommandLineOrTheEnvironment() {
        Settings settings =
                gather(Map.of("PATH", "/bin", "countersign.port", "1"), Map.of("user.dir", "/", "acme.folder", "/x"));

        assertThat(settings.placeholders()).doesNotContainKeys("PATH", "user.dir", "acme.folder");
        assertThat(settings.get("countersign.port")).isEqualTo("8443");
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void haveNoHomeButTheGivenOne() throws IOException {
        write("countersign.home = /elsewhere");

        Settings settings = gather(Map.of(), Map.of("countersign.home", "/elsewhere"));

        assertThat(settings.home()).isEqualTo(home.toAbsolutePath());
        assertThat(settings.routes()).isEqualTo(home.resolve("routes"));
        assertThat(settings.placeholders()).containsEntry("countersign.home", home.toString());
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void makeRelativePathsAbsoluteAgainstTheHome() throws IOException {
        write("countersign.data = store\ncountersign.trust = /etc/pki/ca.pem\ncountersign.keystore = own/id.p12\n");

        Settings settings = gather(Map.of(), Map.of());

        assertThat(settings.path("countersign.data")).isEqualTo(home.resolve("store"));
        assertThat(settings.path("countersign.trust")).isEqualTo(Path.of("/etc/pki/ca.pem"));
        assertThat(settings.path("countersign.keystore")).isEqualTo(home.resolve("own/id.p12"));
        assertThat(settings.path("countersign.certificate")).isEqualTo(home.resolve("certs-sample/company.crt"));
        assertThat(settings.path("countersign.key")).isEqualTo(home.resolve("certs-sample/company.key"));
    }

    @Test
    void leaveAPathThatIsNotSetEmpty() {
        assertThat(gather(Map.of(), Map.of()).get("countersign.keystore")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"countersign.data", "countersign.trust", "countersign.certificate", "countersign.keystore"})
    void leaveAPathThatCannotBeOneForTheCheckToReport(String key) {
        Settings settings = gather(Map.of(), Map.of(key, "a\0b"));

        assertThat(settings.get(key)).isEqualTo("a\0b");
        SettingsCheck.check(settings, problems);
        assertThat(problems.found()).anySatisfy(problem -> assertThat(problem).startsWith(key + " (-D): "));
    }

    @Test
    void reportAFileThatCannotBeRead() throws IOException {
        Files.createDirectory(home.resolve(Settings.FILE));

        Settings settings = gather(Map.of(), Map.of());

        assertThat(problems.found())
                .singleElement()
                .asString()
                .startsWith(home.resolve(Settings.FILE) + ": cannot be read: ");
        assertThat(settings.get("countersign.port")).isEqualTo("8443");
    }

    @Test
    void reportAFileWithABrokenEscape() throws IOException {
        write("countersign.host = \\u12");

        gather(Map.of(), Map.of());

        assertThat(problems.found()).singleElement().asString().contains("cannot be read: ", "\\uxxxx");
    }

    @Test
    void reportAFileThatIsNotUtf8() throws IOException {
        Files.write(home.resolve(Settings.FILE), "acme.folder = /b\u00fccher".getBytes(StandardCharsets.ISO_8859_1));

        gather(Map.of(), Map.of());

        assertThat(problems.found())
                .singleElement()
                .asString()
                .startsWith(home.resolve(Settings.FILE) + ": cannot be read: ");
    }

    @Test
    void areTrimmed() throws IOException {
        write("countersign.host =   127.0.0.1  \n");

        assertThat(gather(Map.of(), Map.of()).get("countersign.host")).isEqualTo("127.0.0.1");
    }

    private Settings gather(Map<String, String> environment, Map<String, String> system) {
        Properties properties = new Properties();
        properties.putAll(system);
        return Settings.gather(home, environment, properties, problems);
    }

    private void write(String content) throws IOException {
        Files.writeString(home.resolve(Settings.FILE), content);
    }
}

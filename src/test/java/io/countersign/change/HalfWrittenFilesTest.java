package io.countersign.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RevokedList;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** However a file gets its new content, the service goes on with the old one until the new one is whole. */
class HalfWrittenFilesTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified steady;
    private Certified visitor;
    private Certified renewed;
    private Certified guest;
    private Certified otherAuthority;
    private RunningService service;

    enum What {
        OWN_CERTIFICATE("certificates/company.crt"),
        AUTHORITIES("trust/ca.crt"),
        REVOCATION_LIST("trust/ca.crl"),
        PIN("certificates/visitor.crt"),
        PARTNER("routes/partners/visitor.camel.yaml"),
        ROUTE_OF_A_PARTNER("routes/partners/steady.camel.yaml"),
        DOOR("routes/receive.camel.yaml");

        private final String file;

        What(String file) {
            this.file = file;
        }
    }

    enum Way {
        RENAMED_INTO_PLACE,
        WRITTEN_IN_PIECES,
        REMOVED_AND_WRITTEN_ANEW,
        LINK_SWAPPED
    }

    static Stream<Arguments> cases() {
        return Stream.of(What.values()).flatMap(what -> Stream.of(Way.values()).map(way -> Arguments.of(what, way)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void breakNothing(What what, Way way) throws Exception {
        describe();
        Path target = folder.resolve(what.file);
        String before = Files.readString(target);
        if (way == Way.LINK_SWAPPED) {
            link(target);
        }
        try (RunningService running = RunningService.start(home)) {
            service = running;
            assertThat(isInForce(what)).isFalse();
            SteadyClients clients =
                    SteadyClients.start(2, running.port(), home.authority.certificate(), List.of(steady));
            try (clients) {
                Awaitility.await().until(() -> clients.accepted() > 0);
                change(target, changed(what, before), way, clients);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> isInForce(what) && running.complaints().isEmpty());
                int then = clients.accepted();
                Awaitility.await().until(() -> clients.accepted() > then + 2);
            }
            assertThat(clients.failures()).isEmpty();
        }
    }

    private void describe() throws IOException {
        home = new TestHome(folder);
        home.set("countersign.trust", "trust");
        Files.createDirectories(folder.resolve("trust"));
        Files.writeString(folder.resolve("trust/ca.crt"), Certified.pem(home.authority.certificate()));
        Files.writeString(
                folder.resolve("trust/ca.crl"), RevokedList.of(home.authority).pem());
        steady = home.pinned("steady");
        visitor = home.pinned("visitor");
        renewed = Issue.to("CN=renewed").by(home.authority);
        otherAuthority = Issue.root("CN=Other authority");
        guest = Issue.to("CN=guest").dns("guest.example").by(otherAuthority);
        home.partner("guest", Map.of("san", "dns:guest.example", "addresses", "any"));
        home.partner("steady", Map.of("certificates", "certificates/steady.crt", "addresses", "any"), """
                - route:
                    id: from-steady
                    from:
                      uri: direct:from-steady
                      steps:
                        - to:
                            uri: file:{{countersign.data}}/one
                """);
    }

    private String changed(What what, String before) throws IOException {
        return switch (what) {
            case OWN_CERTIFICATE ->
                Certified.pem(Issue.to("CN=renewed company")
                        .dns("localhost")
                        .keys(home.company.keys())
                        .by(home.authority)
                        .certificate());
            case AUTHORITIES -> before + Certified.pem(otherAuthority.certificate());
            case REVOCATION_LIST -> RevokedList.of(home.authority, visitor).pem();
            case PIN -> Certified.pem(renewed.certificate());
            case PARTNER -> before.replace("127.0.0.0/8, ::1", "10.0.0.0/8");
            case ROUTE_OF_A_PARTNER -> before.replace("}}/one", "}}/another");
            case DOOR -> before.replace("maxSize: \"{{countersign.max-size}}\"", "maxSize: 5001B");
        };
    }

    private boolean isInForce(What what) throws IOException {
        return switch (what) {
            case OWN_CERTIFICATE -> {
                try (SSLSocket socket = connect(steady)) {
                    yield !socket.getSession().getPeerCertificates()[0].equals(home.company.certificate());
                }
            }
            case AUTHORITIES -> status(guest) == 200;
            case REVOCATION_LIST -> status(visitor) == 0;
            case PIN -> status(renewed) == 200 && status(visitor) == 403;
            case PARTNER -> status(visitor) == 403;
            case ROUTE_OF_A_PARTNER -> !home.files("another").isEmpty();
            case DOOR -> {
                try (SSLSocket socket = connect(steady)) {
                    yield Client.exchange(socket, WHO).body().contains("\"maxSize\":5001");
                }
            }
        };
    }

    private void change(Path target, String content, Way way, SteadyClients clients) throws IOException {
        switch (way) {
            case RENAMED_INTO_PLACE -> home.write(folder.relativize(target).toString(), content);
            case WRITTEN_IN_PIECES -> {
                byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
                Files.write(target, new byte[0]);
                int piece = bytes.length / 6 + 1;
                for (int at = 0; at < bytes.length; at += piece) {
                    int then = clients.accepted();
                    Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> clients.accepted() > then + 10);
                    Files.write(
                            target,
                            Arrays.copyOfRange(bytes, at, Math.min(at + piece, bytes.length)),
                            StandardOpenOption.APPEND);
                }
            }
            case REMOVED_AND_WRITTEN_ANEW -> {
                Files.delete(target);
                Files.writeString(target, content);
            }
            case LINK_SWAPPED -> {
                Path parent = Objects.requireNonNull(target.getParent());
                Files.writeString(
                        Files.createDirectories(parent.resolve("..2")).resolve(target.getFileName()), content);
                Files.createSymbolicLink(parent.resolve("..data_tmp"), Path.of("..2"));
                Files.move(parent.resolve("..data_tmp"), parent.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    /** As Kubernetes mounts files: a link through ..data, which is a link to the folder of a version. */
    private static void link(Path target) throws IOException {
        Path parent = Objects.requireNonNull(target.getParent());
        Path first = Files.createDirectories(parent.resolve("..1"));
        Files.move(target, first.resolve(target.getFileName()));
        Files.createSymbolicLink(parent.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(target, Path.of("..data").resolve(target.getFileName()));
    }

    /** 0 where there is not even a handshake. */
    private int status(Certified caller) {
        try (SSLSocket socket = connect(caller)) {
            Answer answer = Client.exchange(socket, WHO);
            return answer.status();
        } catch (IOException noHandshake) {
            return 0;
        }
    }

    private SSLSocket connect(Certified caller) throws IOException {
        return Client.of(home.authority.certificate(), caller).connect(service.port());
    }
}

package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five hundred hostile names, each sent twice: none outside, none hidden, none overwritten. */
class HostileNamesTest {
    private static final int THREADS = 4;
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    @Test
    void becomeOneNewVisibleFileInTheInboxOrNothing(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(Files.createDirectories(folder.resolve("deep/er/home")));
        Client acme = Client.of(home.authority.certificate(), home.pinned("acme"));
        home.pinned("globex");
        List<String> heads = heads();
        assertThat(heads).doesNotHaveDuplicates().hasSizeGreaterThan(500);
        Map<String, String> contents = new ConcurrentHashMap<>();
        try (RunningService service = RunningService.start(home)) {
            Set<Path> before = files(folder);
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int first = i;
                running.add(threads.submit(() -> send(acme, service.port(), heads, first, contents)));
            }
            threads.shutdown();
            int refused = 0;
            for (Future<Integer> one : running) {
                refused += one.get();
            }
            assertThat(service.refusals()).hasSize(refused);
            assertThat(contents).hasSize(2 * heads.size() - refused).hasSizeGreaterThan(100);
            assertThat(refused).isGreaterThan(100);
            check(home, contents);
            before.addAll(files(home.data().resolve("inbox/acme")));
            before.addAll(files(home.data().resolve("receipts/acme")));
            before.addAll(files(home.data().resolve("used"))); // written on its own
            assertThat(files(folder)).as("nothing elsewhere").isSubsetOf(before);
        }
    }

    /** Sends one in so many of all, and all twice; says how many were refused. */
    private static int send(Client acme, int port, List<String> heads, int first, Map<String, String> contents)
            throws IOException {
        int refused = 0;
        SSLSocket socket = acme.connect(port, "TLSv1.2"); // resumed at little cost
        for (int i = first; i < 2 * heads.size(); i += THREADS) {
            String content = "content " + i;
            Answer answer = Client.exchange(
                    socket, heads.get(i / 2) + "Content-Length: " + content.length() + "\r\n\r\n" + content);
            String what = heads.get(i / 2) + answer.body();
            assertThat(answer.status()).as(what).isIn(201, 400);
            Matcher id = ID.matcher(answer.body());
            if (id.find()) {
                contents.put(id.group(1), content);
                continue;
            }
            refused++;
            assertThat(answer.body()).as(what).containsPattern("problem:(name|request)-invalid");
            socket.close(); // some refusals end a connection
            socket = acme.connect(port, "TLSv1.2");
        }
        socket.close();
        return refused;
    }

    private static void check(TestHome home, Map<String, String> contents) throws IOException {
        Map<String, String> kept = new TreeMap<>();
        for (Path file : files(home.data().resolve("inbox"))) {
            assertThat(file.getParent()).isEqualTo(home.data().resolve("inbox/acme"));
            String name = file.getFileName().toString();
            assertThat(name)
                    .matches("\\d{8}T\\d{9}Z_[0-9a-f-]{36}_[^\\p{Cntrl}\\p{C}\\p{Zl}\\p{Zp}/\\\\:*?\"<>|$`{};&#%']+");
            assertThat(name).doesNotMatch(".*[. ]").doesNotMatch("[^_]*_[^_]*_[ .~-].*");
            assertThat(name.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(255);
            kept.put(name.split("_", 3)[1], Files.readString(file));
        }
        assertThat(kept).isEqualTo(new TreeMap<>(contents));
        assertThat(files(home.data().resolve("receipts"))).hasSize(contents.size());
        assertThat(files(home.data().resolve("staging"))).isEmpty();
    }

    private static List<String> heads() {
        List<String> heads = new ArrayList<>();
        HostileNames.inPaths().forEach(name -> heads.add("PUT /exchange/" + name + " HTTP/1.1\r\nHost: localhost\r\n"));
        HostileNames.inDispositions()
                .forEach(value -> heads.add(
                        "POST /exchange HTTP/1.1\r\nHost: localhost\r\nContent-Disposition: " + value + "\r\n"));
        return heads;
    }

    private static Set<Path> files(Path below) throws IOException {
        try (Stream<Path> files = Files.walk(below)) {
            return files.filter(file -> !Files.isDirectory(file)).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}

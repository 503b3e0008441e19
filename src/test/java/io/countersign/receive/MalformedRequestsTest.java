package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.receive.HostileRequest.Demand;
import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** However a request is malformed or ambiguous, there is one whole file for each success, and one reason for each refusal. */
@TestInstance(Lifecycle.PER_CLASS)
class MalformedRequestsTest {
    private static final int THREADS = 4;
    private static final int WAIT_MILLIS = 8_000;

    private static final String FIRST = "PUT /exchange/first HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\na";

    /** Comes behind what ends the connection, and is never to be served. */
    private static final String HAND_OVER =
            "PUT /exchange/behind HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nConnection: close\r\n\r\nb";

    /** Comes behind everything else, and may be. */
    private static final String QUESTION = "GET /exchange HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private final List<HostileRequest> requests = HostileRequest.all();
    private final Queue<StrictAnswer> answers = new ConcurrentLinkedQueue<>();
    /** Of the files that must be there, by the id of the receipt. */
    private final Map<String, String> contents = new ConcurrentHashMap<>();

    private final AtomicInteger unanswered = new AtomicInteger();
    private TestHome home;
    private RunningService service;
    private Client acme;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        Certified partner = home.pinned("acme");
        service = RunningService.start(home);
        acme = Client.of(home.authority.certificate(), partner);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    /** What came of a request over a connection of its own. */
    private interface Exchange {
        void check(HostileRequest request, String number) throws IOException;
    }

    @Test
    void becomeOneWholeFileOrOneRefusal() throws Exception {
        assertThat(requests.stream().map(HostileRequest::text).distinct()).hasSizeGreaterThan(600);
        each(request -> true, (request, number) -> {
            List<StrictAnswer> came = sent(connect(request), request, number, "", false);
            if (came.isEmpty() && request.isWithoutHead()) {
                unanswered.incrementAndGet(); // RFC 9112, 8 lets a server answer or not
                return;
            }
            check(request, came);
        });
    }

    @Test
    void becomeTheSameBehindAGoodOneAndByteForByte() throws Exception {
        // Between two requests Jetty passes over any CR or LF.
        Predicate<HostileRequest> not = request -> request.name().contains("before") || request.isBy("HEAD");
        each(some(9).and(not.negate()), (request, number) -> {
            List<StrictAnswer> came = sent(connect(request), request, number, FIRST, true);
            assertThat(came).hasSizeGreaterThan(1);
            assertThat(came.get(0).status()).isEqualTo(201);
            contents.put(came.get(0).field("id"), "a");
            check(request, came.subList(1, came.size()));
        });
    }

    @Test
    void areNoMoreToTheOperationsPort() throws Exception {
        int port = service.at("/health").getPort();
        each(some(11), (request, number) -> {
            List<StrictAnswer> came = sent(new Socket("127.0.0.1", port), request, number, "", false);
            assertThat(came).isNotEmpty().noneMatch(answer -> answer.status() >= 500);
            assertThat(came).allMatch(StrictAnswer::isRefusal);
            assertThat(came.size()).isLessThanOrEqualTo(request.demand() == Demand.REFUSE_AND_CLOSE ? 1 : 2);
        });
    }

    /** One in so many of those that are whole and not long. */
    private Predicate<HostileRequest> some(int one) {
        return request -> !request.ended() && request.text().length() < 2_000 && requests.indexOf(request) % one == 0;
    }

    private void each(Predicate<HostileRequest> which, Exchange exchange) throws Exception {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        List<Future<?>> running = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        for (int i = 0; i < requests.size(); i++) {
            HostileRequest request = requests.get(i);
            String number = String.valueOf(i);
            if (which.test(request)) {
                running.add(threads.submit(() -> {
                    try {
                        exchange.check(request, number);
                    } catch (AssertionError | IOException | RuntimeException failed) {
                        wrong.add("r" + number + " " + request + ": "
                                + String.valueOf(failed.getMessage()).strip());
                    }
                }));
            }
        }
        threads.shutdown();
        for (Future<?> one : running) {
            one.get();
        }
        assertThat(wrong).as("of %s", running.size()).isEmpty();
        checkAll();
    }

    private void check(HostileRequest request, List<StrictAnswer> came) {
        assertThat(came).isNotEmpty().noneMatch(answer -> answer.status() >= 500);
        StrictAnswer first = came.get(0);
        switch (request.demand()) {
            case ACCEPT -> assertThat(first.status()).as(first.body()).isEqualTo(201);
            case EITHER ->
                assertThat(first.status() == 201 || first.isRefusal())
                        .as(first.body())
                        .isTrue();
            case REFUSE ->
                assertThat(first.isRefusal() || request.isBy("GET"))
                        .as(first.body())
                        .isTrue();
            case REFUSE_AND_CLOSE -> assertThat(came).hasSize(1).allMatch(StrictAnswer::isRefusal);
        }
        if (first.status() == 201) {
            contents.put(first.field("id"), request.content());
        }
        if (first.isRefusal() && !request.isBy("HEAD")) {
            assertThat(first.headers()).containsEntry("content-type", "application/problem+json");
        }
        if (came.size() > 1) {
            assertThat(came).hasSize(2);
            assertThat(came.get(1).status()).as(came.get(1).body()).isEqualTo(200);
            assertThat(came.get(1).field("partner")).isEqualTo("acme");
        }
    }

    /** One success, one file, of all that was sent so far; one refusal, one record. */
    private void checkAll() throws IOException {
        Map<String, String> kept = new TreeMap<>();
        for (Path file : home.files("inbox")) {
            String name = file.getFileName().toString();
            assertThat(name).doesNotContain("smuggled", "behind");
            kept.put(name.split("_", 3)[1], Files.readString(file, StandardCharsets.ISO_8859_1));
        }
        assertThat(kept).isEqualTo(new TreeMap<>(contents));
        assertThat(home.files("inbox")).hasSize(contents.size());
        assertThat(home.files("staging")).isEmpty();

        int refused = unanswered.get()
                + (int) answers.stream().filter(StrictAnswer::isRefusal).count();
        Awaitility.await().untilAsserted(() -> assertThat(service.refusals()).hasSize(refused));
        Map<String, Long> recorded =
                service.refusals().stream().collect(Collectors.groupingBy(Refused::id, Collectors.counting()));
        answers.stream()
                .filter(answer -> answer.isRefusal() && !answer.body().isEmpty())
                .map(answer -> answer.field("instance").replace("urn:uuid:", ""))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .forEach((id, told) -> assertThat(recorded.get(id)).as(id).isGreaterThanOrEqualTo(told));
    }

    /** A session is resumed in TLS 1.2 at little cost; only TLS 1.3 lets one side end alone. */
    private Socket connect(HostileRequest request) throws IOException {
        return acme.connect(service.port(), request.ended() ? "TLSv1.3" : "TLSv1.2");
    }

    /** All that comes until the connection is closed, which must be soon. */
    private List<StrictAnswer> sent(
            Socket connected, HostileRequest request, String number, String before, boolean byteForByte)
            throws IOException {
        String behind = request.demand() == Demand.REFUSE_AND_CLOSE ? HAND_OVER : QUESTION;
        String text = before + request.text() + (request.ended() ? "" : behind);
        byte[] bytes = text.replace(HostileRequest.NUMBER, number).getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream came = new ByteArrayOutputStream();
        try (Socket socket = connected) {
            socket.setSoTimeout(WAIT_MILLIS);
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < bytes.length; i += byteForByte ? 1 : bytes.length) {
                out.write(bytes, i, byteForByte ? 1 : bytes.length);
            }
            out.flush();
            if (request.ended()) {
                socket.shutdownOutput();
            }
            copy(socket.getInputStream(), came);
        } catch (SocketTimeoutException open) {
            throw new AssertionError("not closed; so far: " + came.toString(StandardCharsets.ISO_8859_1), open);
        } catch (SSLException | SocketException reset) {
            assertThat(reset).hasMessageMatching(".*(reset|Broken pipe|closed).*");
        }
        List<StrictAnswer> all =
                StrictAnswer.all(came.toString(StandardCharsets.ISO_8859_1), before.isEmpty() && request.isBy("HEAD"));
        answers.addAll(all);
        return all;
    }

    private static void copy(InputStream in, OutputStream to) throws IOException {
        byte[] buffer = new byte[16_384];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            to.write(buffer, 0, read);
        }
    }
}

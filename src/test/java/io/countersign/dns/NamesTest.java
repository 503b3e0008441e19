package io.countersign.dns;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.NameServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;

class NamesTest {
    private static final Duration WAIT = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    private final NameServer server = NameServer.start();
    private final AtomicLong nanos = new AtomicLong();
    private Names names = names(WAIT, server.address());

    @AfterEach
    void close() {
        names.close();
        server.close();
    }

    @Test
    void sayAHostsAddressesOfEachFamily() throws Exception {
        server.host("edi.acme.example", "192.0.2.7", "192.0.2.8", "2001:db8::7");

        assertThat(ipv4("edi.acme.example").addresses())
                .containsExactlyInAnyOrder(address("192.0.2.7"), address("192.0.2.8"));
        assertThat(ipv6("edi.acme.example").addresses()).containsExactly(address("2001:db8::7"));
    }

    @Test
    void sayTheNamesOfAnAddress() throws Exception {
        server.reverse("192.0.2.7", "Edi.Acme.example", "other.example");
        server.reverse("2001:db8::7", "six.acme.example");

        assertThat(hosts("192.0.2.7").hosts())
                .containsExactly(new HostName("edi.acme.example"), new HostName("other.example"));
        assertThat(hosts("2001:db8::7").hosts()).containsExactly(new HostName("six.acme.example"));
    }

    @Test
    void followAliasesInsideAndOutsideOfAnAnswer() throws Exception {
        server.alias("edi.acme.example", Duration.ofMinutes(5), "one.example");
        server.alias("one.example", Duration.ofSeconds(7), "two.example");
        server.host("two.example", Duration.ofMinutes(5), "192.0.2.7");

        Answer answer = ipv4("edi.acme.example");

        assertThat(answer.addresses()).containsExactly(address("192.0.2.7"));
        assertThat(answer.life()).as("that of the record that ends first").isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void giveUpOnAliasesInACircle() throws Exception {
        server.alias("a.example", WAIT, "b.example");
        server.alias("b.example", WAIT, "a.example");

        Answer answer = ipv4("a.example");

        assertThat(answer.isFound()).isFalse();
        assertThat(answer.addresses()).isEmpty();
        assertThat(answer.undetermined()).isTrue();
    }

    @Test
    void tellWhatIsNotThereFromWhatNobodySays() throws Exception {
        server.host("only-six.example", "2001:db8::7");
        server.fail("broken.example", Rcode.SERVFAIL);
        server.fail("refused.example", Rcode.REFUSED);

        assertThat(ipv4("nobody.example")).satisfies(answer -> {
            assertThat(answer.trouble()).isEqualTo("nobody.example does not exist (NXDOMAIN)");
            assertThat(answer.undetermined()).isFalse();
        });
        assertThat(ipv4("only-six.example")).satisfies(answer -> {
            assertThat(answer.trouble()).isEqualTo("only-six.example has no IPv4 address");
            assertThat(answer.undetermined()).isFalse();
        });
        assertThat(hosts("192.0.2.9")).satisfies(answer -> {
            assertThat(answer.trouble()).isEqualTo("192.0.2.9 has no reverse name (NXDOMAIN)");
            assertThat(answer.undetermined()).isFalse();
        });
        assertThat(ipv4("broken.example")).satisfies(answer -> {
            assertThat(answer.trouble()).isEqualTo("the name server failed on broken.example (SERVFAIL)");
            assertThat(answer.undetermined()).isTrue();
        });
        assertThat(ipv4("refused.example").trouble()).isEqualTo("the name server failed on refused.example (REFUSED)");
    }

    @Test
    void askAgainOverTcpWhereAnAnswerDoesNotFit() throws Exception {
        server.host("many.example", addresses(100));

        assertThat(ipv4("many.example").addresses()).hasSize(100);
    }

    @Test
    void believeNoAddressOfTooMany() throws Exception {
        server.reverse("192.0.2.7", names(1_000)).reverse("192.0.2.8", names(10_000));

        assertThat(hosts("192.0.2.7").hosts()).isEmpty();
        assertThat(hosts("192.0.2.7").trouble())
                .isEqualTo("192.0.2.7 has 1000 reverse names, more than the 30 that are looked at");
        assertThat(hosts("192.0.2.8").hosts()).isEmpty();
        assertThat(hosts("192.0.2.8").trouble())
                .isEqualTo("the answer about 192.0.2.8 is longer than a message can be");
    }

    @Test
    void areNotAskedAgainWhileAnAnswerCounts() throws Exception {
        server.host("edi.acme.example", Duration.ofSeconds(100), "192.0.2.7");

        ipv4("edi.acme.example");
        pass(Duration.ofSeconds(79));
        server.host("edi.acme.example", Duration.ofSeconds(100), "192.0.2.8");

        assertThat(ipv4("edi.acme.example").addresses()).containsExactly(address("192.0.2.7"));
        assertThat(server.asked("edi.acme.example")).isEqualTo(1);

        pass(Duration.ofSeconds(22));

        assertThat(ipv4("edi.acme.example").addresses()).as("after its end").containsExactly(address("192.0.2.8"));
    }

    @Test
    void areAskedAheadOfTheEndOfWhatIsInUse() throws Exception {
        server.host("edi.acme.example", Duration.ofSeconds(100), "192.0.2.7");
        ipv4("edi.acme.example");
        server.host("edi.acme.example", Duration.ofSeconds(100), "192.0.2.8");
        pass(Duration.ofSeconds(81));

        CompletableFuture<Answer> before = ask("edi.acme.example");

        assertThat(before).as("nobody waits").isDone();
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(ipv4("edi.acme.example").addresses()).containsExactly(address("192.0.2.8")));
        assertThat(server.asked("edi.acme.example")).isEqualTo(2);
    }

    @Test
    void keepWhatStillCountsWhereAskingAheadFails() throws Exception {
        server.host("edi.acme.example", Duration.ofSeconds(100), "192.0.2.7");
        ipv4("edi.acme.example");
        server.fail("edi.acme.example", Rcode.SERVFAIL);
        pass(Duration.ofSeconds(90));

        ipv4("edi.acme.example");
        Awaitility.await().until(() -> server.asked("edi.acme.example") == 2);

        assertThat(ipv4("edi.acme.example").isFound()).isTrue();
        pass(Duration.ofSeconds(11));
        assertThat(ipv4("edi.acme.example")).as("past its end").satisfies(answer -> {
            assertThat(answer.isFound()).isFalse();
            assertThat(answer.undetermined()).isTrue();
        });
    }

    @Test
    void keepAnswersForASecondAtLeastAndAnHourAtMost() throws Exception {
        server.host("short.example", Duration.ZERO, "192.0.2.7");
        server.host("long.example", Duration.ofDays(7), "192.0.2.7");

        assertThat(ipv4("short.example").life()).isEqualTo(Duration.ofSeconds(1));
        assertThat(ipv4("long.example").life()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void areAskedOnceForManyWhoAskAtOnce() throws Exception {
        server.host("edi.acme.example", "192.0.2.7").slow(Duration.ofMillis(300));
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(ask("edi.acme.example"));
        }

        for (CompletableFuture<Answer> answer : answers) {
            assertThat(answer.get(10, SECONDS).addresses()).containsExactly(address("192.0.2.7"));
        }
        assertThat(server.asked("edi.acme.example")).isEqualTo(1);
    }

    @Test
    void letNobodyWaitLongerThanTheSetTimeForASilentServer() throws Exception {
        names.close();
        names = names(Duration.ofMillis(300), server.address());
        server.silent(true);
        long before = System.nanoTime();

        Answer late = ipv4("edi.acme.example");

        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(250), Duration.ofSeconds(4));
        assertThat(late.undetermined()).isTrue();
        assertThat(late.trouble()).isEqualTo("no answer about edi.acme.example in time (300 ms)");
        assertThat(ask("edi.acme.example"))
                .as("who comes later need not wait as long again")
                .isDone();
    }

    @Test
    void recoverSoonAfterAServerDoes() throws Exception {
        names.close();
        names = new Names(List.of(server.address()), Duration.ofMillis(200));
        server.host("edi.acme.example", "192.0.2.7").silent(true);
        assertThat(ipv4("edi.acme.example").undetermined()).isTrue();

        server.silent(false);

        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .until(() -> ipv4("edi.acme.example").isFound());
    }

    @Test
    void askAnotherServerWhereOneIsSilentFailsOrIsNotThere() throws Exception {
        server.host("edi.acme.example", "192.0.2.7");
        try (NameServer failing = NameServer.start().fail("edi.acme.example", Rcode.SERVFAIL);
                NameServer silent = NameServer.start().silent(true)) {
            for (InetSocketAddress first : List.of(
                    failing.address(),
                    silent.address(),
                    nobody(),
                    InetSocketAddress.createUnresolved("nobody.example", 53))) {
                try (Names asked = names(WAIT, first, server.address())) {
                    Answer answer = asked.ask(Question.addresses(new HostName("edi.acme.example"), true), "acme")
                            .get(10, SECONDS);
                    assertThat(answer.addresses()).containsExactly(address("192.0.2.7"));
                }
            }
        }
    }

    @Test
    void sayThatNobodyCanBeAsked() throws Exception {
        try (Names asked = names(WAIT, nobody())) {
            Answer answer = asked.ask(Question.addresses(new HostName("edi.acme.example"), true), "acme")
                    .get(10, SECONDS);

            assertThat(answer.undetermined()).isTrue();
            assertThat(answer.trouble()).startsWith("no name server can be asked about edi.acme.example");
        }
    }

    @Test
    void askNoMoreForOneThanLeavesRoomForOthers() throws Exception {
        server.silent(true);
        for (int i = 0; i < 200; i++) {
            assertThat(names.ask(Question.addresses(new HostName("a" + i + ".example"), true), "acme"))
                    .as("question " + i)
                    .isNotDone();
        }

        Answer tooMany = names.ask(Question.addresses(new HostName("more.example"), true), "acme")
                .get(0, SECONDS);
        assertThat(tooMany.undetermined()).isTrue();
        assertThat(tooMany.trouble()).isEqualTo("too many look-ups are under way to ask about more.example");
        assertThat(names.ask(Question.addresses(new HostName("other.example"), true), "globex"))
                .as("another's")
                .isNotDone();
        assertThat(names.ask(Question.addresses(new HostName("a7.example"), true), "acme"))
                .as("what is asked already")
                .isNotDone();
    }

    @Test
    void outliveAServerThatEndsConnections() throws Exception {
        server.host("many.example", addresses(100)).host("edi.acme.example", "192.0.2.7");
        server.resetConnections(true);
        for (int i = 0; i < 20; i++) {
            assertThat(ipv4("many.example").undetermined()).isTrue();
            pass(Duration.ofSeconds(10));
        }
        server.resetConnections(false);

        assertThat(ipv4("edi.acme.example").isFound()).isTrue();
        assertThat(ipv4("many.example").addresses()).hasSize(100);
    }

    @Test
    void keepNoMoreThanHasRoomHoweverManyAddressesThereAre() throws Exception {
        String[] many = addresses(100);
        for (int i = 0; i < 1_200; i++) {
            server.host("h" + i + ".example", Duration.ofHours(1), many);
            assertThat(ipv4("h" + i + ".example").addresses()).hasSize(100);
        }

        assertThat(names.kept()).isBetween(900, 1_000);
    }

    @Test
    void believeNoHostOfTooManyAddresses() throws Exception {
        server.host("many.example", addresses(101));

        assertThat(ipv4("many.example").trouble())
                .isEqualTo("many.example has 101 addresses, more than the 100 that are looked at");
    }

    @Test
    void followTheHostsFile() throws Exception {
        server.host("edi.acme.example", "192.0.2.7");
        Path file = Files.writeString(folder.resolve("hosts"), """
                # a comment
                192.0.2.1 EDI.acme.example other # both
                192.0.2.2\tedi.acme.example
                2001:db8::1 edi.acme.example
                nonsense here
                192.0.2.3
                """);
        try (Names local = new Names(List.of(server.address()), new HostsFile(file), WAIT, nanos::get)) {
            Question ipv4 = Question.addresses(new HostName("edi.acme.example"), true);
            Question ipv6 = Question.addresses(new HostName("edi.acme.example"), false);
            assertThat(local.ask(ipv4, "acme").get(10, SECONDS).addresses())
                    .containsExactly(address("192.0.2.1"), address("192.0.2.2"));
            assertThat(local.ask(ipv6, "acme").get(10, SECONDS).addresses()).containsExactly(address("2001:db8::1"));
            assertThat(server.asked("edi.acme.example")).isZero();

            Files.writeString(file, "");
            Awaitility.await().until(() -> {
                pass(Duration.ofSeconds(2));
                return local.ask(ipv4, "acme").get(10, SECONDS).addresses().contains(address("192.0.2.7"));
            });
        }
    }

    @Test
    void knowThisMachinesHostsFile() throws Exception {
        assertThat(ipv4("localhost").addresses()).contains(address("127.0.0.1"));
        assertThat(server.asked("localhost")).isZero();
    }

    @Test
    void stayWithinBoundsWhateverIsAsked() throws Exception {
        server.otherwise(question ->
                List.of(new PTRRecord(question.getName(), DClass.IN, 100, Name.fromConstantString("host.example."))));
        for (int i = 0; i < 10_500; i++) {
            Answer answer = hosts("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255));
            assertThat(answer.hosts()).hasSize(1);
        }

        assertThat(names.kept()).isEqualTo(10_000);
    }

    private Names names(Duration wait, InetSocketAddress... servers) {
        return new Names(List.of(servers), HostsFile.ofTheMachine(), wait, nanos::get);
    }

    private static String[] addresses(int many) {
        String[] all = new String[many];
        for (int i = 0; i < many; i++) {
            all[i] = "192.0.2." + i;
        }
        return all;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private CompletableFuture<Answer> ask(String host) {
        return names.ask(Question.addresses(new HostName(host), true), "acme");
    }

    private Answer ipv4(String host) throws Exception {
        return ask(host).get(10, SECONDS);
    }

    private Answer ipv6(String host) throws Exception {
        return names.ask(Question.addresses(new HostName(host), false), "acme").get(10, SECONDS);
    }

    private Answer hosts(String address) throws Exception {
        return names.ask(Question.hosts(address(address), address), "acme").get(10, SECONDS);
    }

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    private static String[] names(int many) {
        String[] all = new String[many];
        for (int i = 0; i < many; i++) {
            all[i] = "n" + i + ".example";
        }
        return all;
    }

    private static InetSocketAddress nobody() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
        }
    }
}

package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An answer that a route could not bring to its end is no answer. */
class BrokenAnswersTest {
    @TempDir
    private Path folder;

    private TestHome home;
    private Client client;

    /** Answers with a stream that breaks. */
    public static final class Breaking implements Processor {
        private int after;

        /** In bytes. */
        public void setAfter(int after) {
            this.after = after;
        }

        @Override
        public void process(Exchange exchange) {
            exchange.getMessage()
                    .setBody(new SequenceInputStream(new ByteArrayInputStream(new byte[after]), new Broken()));
        }
    }

    private static final class Broken extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the disk is broken");
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
        }
    }

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        client = Client.of(home.authority.certificate(), acme);
    }

    @Test
    void whatHasNotBegunIsAFailure() throws Exception {
        answerWith(10);
        try (RunningService service = RunningService.start(home)) {
            var answer = client.get(URI.create("https://localhost:" + service.port() + "/exchange/"));
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).doesNotContain("disk").doesNotContain("\0");
        }
    }

    @Test
    void whatHasBegunDoesNotEndAsIfItWereWhole() throws Exception {
        answerWith(1_000_000);
        try (RunningService service = RunningService.start(home)) {
            assertThatThrownBy(() -> client.get(URI.create("https://localhost:" + service.port() + "/exchange/")))
                    .isInstanceOf(IOException.class);
        }
    }

    private void answerWith(int bytes) throws IOException {
        String routes = home.read("routes/receive.camel.yaml");
        String whole = "type: io.countersign.admission.WhoCalls\n";
        assertThat(routes).containsOnlyOnce(whole);
        home.write(
                "routes/receive.camel.yaml",
                routes.replace(
                        whole,
                        "type: " + Breaking.class.getName() + "\n      properties:\n        after: " + bytes + "\n"));
    }
}

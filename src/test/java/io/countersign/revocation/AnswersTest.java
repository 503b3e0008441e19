package io.countersign.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.SettableClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<String> loaded = new ArrayList<>();

    /** An answer is its own question; all of them are good for a long time. */
    private Answers<String, String> answers(int most, long heaviest) {
        return new Answers<>(
                new SettableClock(),
                Runnable::run,
                new Answers.Dates<>() {
                    @Override
                    public boolean replaces(String loaded, String before) {
                        return true;
                    }

                    @Override
                    public Instant until(String answer) {
                        return Instant.MAX;
                    }
                },
                most,
                heaviest,
                String::length);
    }

    @Test
    void areKeptUpToANumber() {
        Answers<String, String> answers = answers(2, Long.MAX_VALUE);
        ask(answers, "a", "b", "c", "c", "b");
        assertThat(loaded).containsExactly("a", "b", "c");
        assertThat(answers.size()).isEqualTo(2);

        ask(answers, "a");
        assertThat(loaded).containsExactly("a", "b", "c", "a");
    }

    @Test
    void areKeptUpToAWeight() {
        Answers<String, String> answers = answers(100, 10);
        ask(answers, "1234", "123456", "1234", "123456");
        assertThat(loaded).containsExactly("1234", "123456");

        ask(answers, "1");
        assertThat(answers.size()).isEqualTo(2);
        ask(answers, "123456", "1", "1234");
        assertThat(loaded).containsExactly("1234", "123456", "1", "1234");
    }

    private void ask(Answers<String, String> answers, String... questions) {
        for (String question : questions) {
            assertThat(answers.get(
                                    question,
                                    () -> {
                                        loaded.add(question);
                                        return question;
                                    },
                                    SECOND)
                            .answer())
                    .isEqualTo(question);
        }
    }
}

package io.countersign.rebuild;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** What was sent, told by the answers that partners gave, {@code sent/PARTNER/…/NAME.answer.json}. */
final class Sent implements Source {
    private final PutAway sent;
    private final String node;

    Sent(Path data, String node) {
        this.sent = new PutAway(data.resolve("sent"), ".answer.json");
        this.node = node;
    }

    @Override
    public void each(String partner, Visitor visitor) throws IOException {
        sent.papers(partner, visitor);
    }

    @Override
    public Entry read(String partner, Path file) throws IOException, DamagedException {
        Paper answer = Paper.read(file);
        answer.mustBeOf(partner);
        String key = answer.key("key");
        Instant answered = answer.time("answeredAt");
        Path payload = sent.file(file);
        Path receipt = sent.beside(file, ".receipt.json");
        boolean filed = Files.exists(payload);
        return new Entry(
                key,
                node,
                Direction.OUT,
                partner,
                key,
                null,
                answer.text("name"),
                answer.text("path"),
                answer.number("size", 0),
                filed ? Files.getLastModifiedTime(payload).toMillis() : 0,
                answer.sha256(),
                State.SENT,
                answer.json().containsKey("firstAttempt") ? answer.time("firstAttempt") : answered,
                answered,
                (int) answer.number("attempts", 1),
                null,
                null,
                Files.exists(receipt) ? Paper.text(receipt) : null,
                filed ? payload.toString() : null);
    }
}

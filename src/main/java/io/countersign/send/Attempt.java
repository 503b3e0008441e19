package io.countersign.send;

import io.countersign.client.SendingFile;
import io.countersign.client.SendingFile.Progress;
import io.countersign.partner.Partners;
import io.countersign.transfer.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.zip.Checksum;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request of a file: its name ({@code Content-Disposition}, RFC 6266), its digest ({@code Content-Digest}, RFC
 * 9530), its {@code Idempotency-Key}, and the exchange property {@code url}, which is the partner's. Every other header is
 * removed, so that nothing of ours goes along and nothing of a message decides where it goes. The key is on disk before this
 * ends. What the partner has accepted before, and could not be put away, is not to be sent again: then the exchange property
 * {@code accepted} is its answer.
 */
public final class Attempt implements Processor {
    static final String PARTNER = "partner";
    static final String FILE = "file";
    static final String PATH = "path";
    static final String DONE_FILE = "doneFile";
    static final String PENDING = "pending";
    static final String SENT = "sent";
    static final String ACCEPTED = "accepted";
    static final String URL = "url";
    static final String ACCEPT = "accept";

    static final String SIGNED_OR_NOT = "application/pkcs7-mime, application/json;q=0.9";

    private static final String NAME_CHARACTERS = "!#$&+-.^_`|~";

    private @Nullable Attempts attempts;
    private @Nullable Partners partners;
    private boolean signedReceipts = true;
    private Progress progress = (file, sent, of) -> {};

    /**
     * What is sent.
     *
     * @param size bytes
     * @param sha256 lower-case hexadecimal
     */
    record Sent(Pending pending, String url, String name, long size, String sha256) {
        JsonObject toJson() {
            JsonObject json = new JsonObject();
            json.put("partner", pending.partner());
            json.put("path", pending.path());
            json.put("name", name);
            json.put("size", size);
            json.put("sha256", sha256);
            json.put("key", pending.key());
            json.put("url", url);
            json.put("attempts", pending.attempts() + 1);
            json.put("firstAttempt", pending.first().toString());
            return json;
        }
    }

    public void setAttempts(Attempts attempts) {
        this.attempts = attempts;
    }

    public void setPartners(Partners partners) {
        this.partners = partners;
    }

    /** Whether partners are asked for signed receipts; who gives none all the same has taken the file as well. */
    public void setSignedReceipts(boolean signedReceipts) {
        this.signedReceipts = signedReceipts;
    }

    /** Is told how far each file is. */
    public void setProgress(Progress progress) {
        this.progress = progress;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        String partner = exchange.getProperty(PARTNER, String.class);
        String path = exchange.getProperty(PATH, String.class);
        Path file = exchange.getProperty(FILE, Path.class);
        URI url = Objects.requireNonNull(partners, "partners is not set").url(partner);
        if (url == null) {
            throw new IllegalStateException("partner " + partner + " has no url now, or is not enabled");
        }
        Attempts attempts = Objects.requireNonNull(this.attempts, "attempts is not set");
        Pending pending = attempts.open(partner, path, file);
        exchange.setProperty(PENDING, pending);
        Path done = exchange.getProperty(DONE_FILE, Path.class);
        if (done != null) {
            // The ledger knows now that the file is complete. Left behind, it would say so of the next of that name.
            remove(done);
        }
        attempts.underWay().mended(partner, path);
        exchange.setProperty(URL, url.toString());
        Verdict verdict = attempts.underWay().verdict(pending.key());
        if (verdict != null) {
            exchange.setProperty(SENT, verdict.sent());
            exchange.setProperty(ACCEPTED, verdict.accepted());
            if (verdict.refused() != null) {
                throw verdict.refused();
            }
            return;
        }
        Checksum checksum = SendingFile.checksum();
        byte[] sha256 = Sha256.of(file, checksum);
        pending = pending.digested(HexFormat.of().formatHex(sha256));
        exchange.setProperty(PENDING, pending);
        Attempts.STEPS.trace("digested {}", pending.key());
        String name = file.getFileName().toString();
        exchange.setProperty(
                SENT,
                new Sent(
                        pending,
                        url.toString(),
                        name,
                        pending.size(),
                        HexFormat.of().formatHex(sha256)));
        exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, true); // the answer is evidence, and is kept as it came

        Message request = exchange.getMessage();
        request.removeHeaders("*");
        request.setHeader("Content-Disposition", "attachment; filename*=UTF-8''" + encoded(name));
        request.setHeader("Content-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":");
        request.setHeader("Idempotency-Key", pending.key());
        String accept = signedReceipts ? SIGNED_OR_NOT : "application/json";
        request.setHeader("Accept", accept);
        exchange.setProperty(ACCEPT, accept);
        request.setBody(new SendingFile(file, pending.size(), checksum.getValue(), progress));
    }

    private static void remove(Path done) throws Failed {
        try {
            Files.deleteIfExists(done);
        } catch (IOException stays) {
            throw new Failed(FailureCode.LOCAL, done + " cannot be removed: " + stays, stays);
        }
    }

    /** As RFC 8187 has it: attr-char as it is, every other byte of its UTF-8 as %XX. */
    private static String encoded(String name) {
        StringBuilder text = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || NAME_CHARACTERS.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return text.toString();
    }
}

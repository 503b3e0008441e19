package io.countersign.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Client;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A partner's side of receiving: files with and without a key, several at once, and what became of each. */
final class Sender {
    private final HttpClient http;
    private final URI exchange;
    private final Random random = new Random();

    Sender(Client client, URI exchange) {
        this.http = client.http();
        this.exchange = exchange;
    }

    /** A file that nobody has sent before. */
    @SuppressWarnings("ArrayRecordComponent")
    record File(String sha256, byte[] content, @Nullable String key) {}

    /** @param most of bytes in each */
    List<File> files(int count, int most) {
        List<File> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(file(16 + random.nextInt(most), i % 2 != 0));
        }
        return files;
    }

    /** @param size in bytes */
    File file(int size) {
        return file(size, random.nextBoolean());
    }

    private File file(int size, boolean keyed) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return new File(sha256(content), content, keyed ? UUID.randomUUID().toString() : null);
    }

    /** Sends them all at once; the answers in the same order. */
    List<HttpResponse<String>> send(List<File> files) {
        List<CompletableFuture<HttpResponse<String>>> answers = files.stream()
                .map(file -> http.sendAsync(request(file), BodyHandlers.ofString()))
                .toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    HttpResponse<String> send(File file) throws IOException, InterruptedException {
        return http.send(request(file), BodyHandlers.ofString());
    }

    private HttpRequest request(File file) {
        HttpRequest.Builder request = HttpRequest.newBuilder(exchange.resolve("/exchange/" + file.sha256()))
                .PUT(BodyPublishers.ofByteArray(file.content()));
        if (file.key() != null) {
            request.header("Idempotency-Key", file.key());
        }
        return request.build();
    }

    /** That an answer is a refusal which may succeed later. */
    static void isRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body()).contains("urn:countersign:problem:" + code + "\"");
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}

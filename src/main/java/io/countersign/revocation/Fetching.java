package io.countersign.revocation;

import io.countersign.kept.Kept;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what stands behind a URL, within a bounded time for all of it and up to a size, following nobody elsewhere. Who
 * failed is not called again for {@link #AGAIN}.
 */
final class Fetching implements AutoCloseable {
    static final Duration AGAIN = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger("countersign.revocation");
    private static final int OK = 200;
    private static final int MOST_REMEMBERED = 1_000;
    private static final int THREADS = 4;

    private final Clock clock;
    private final Duration wait;
    private final Threads threads = new Threads("revocation-http", THREADS);
    private final Kept<URI, Failure> failures = new Kept<>(MOST_REMEMBERED);
    private @Nullable HttpClient client;

    private record Failure(String why, Instant until) {}

    Fetching(Clock clock, Duration wait) {
        this.clock = clock;
        this.wait = wait;
    }

    /**
     * @param question what is posted to it as an OCSP request; without it, it is only asked for
     * @param most bytes
     * @throws IOException where it does not come; the message says why, always in the same words
     */
    byte[] fetch(URI url, byte @Nullable [] question, int most) throws IOException {
        Failure earlier = failures.get(url);
        if (earlier != null && clock.instant().isBefore(earlier.until())) {
            throw new IOException(earlier.why());
        }
        try {
            byte[] body = fetchNow(request(url, question), most);
            failures.remove(url);
            return body;
        } catch (IOException failed) {
            failures.put(
                    url,
                    new Failure(
                            String.valueOf(failed.getMessage()), clock.instant().plus(AGAIN)));
            throw failed;
        }
    }

    private HttpRequest request(URI url, byte @Nullable [] question) throws IOException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(wait);
            return question == null
                    ? request.build()
                    : request.header("Content-Type", "application/ocsp-request")
                            .header("Accept", "application/ocsp-response")
                            .POST(BodyPublishers.ofByteArray(question))
                            .build();
        } catch (IllegalArgumentException unusable) {
            throw new IOException("cannot be asked: " + unusable.getMessage(), unusable);
        }
    }

    private byte[] fetchNow(HttpRequest request, int most) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> call = client().sendAsync(request, head -> new BoundedBody(most));
        try {
            HttpResponse<byte[]> response = call.get(wait.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != OK) {
                throw new IOException("answers with status " + response.statusCode());
            }
            return response.body();
        } catch (ExecutionException failed) {
            throw new IOException(why(failed.getCause()), failed);
        } catch (TimeoutException silent) {
            throw new IOException(Answers.SILENCE, silent);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("it is no longer asked", stopped);
        } finally {
            call.cancel(true); // closes the connection, where there still is one
        }
    }

    private static String why(@Nullable Throwable failed) {
        if (failed instanceof HttpTimeoutException) {
            return Answers.SILENCE;
        }
        if (failed instanceof ConnectException) {
            return "cannot be connected to";
        }
        return "gave no whole answer (" + (failed == null ? "" : failed.getMessage()) + ")";
    }

    /** Made only when it is needed, since it brings a thread. */
    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(wait)
                    .executor(threads)
                    .build();
        }
        return client;
    }

    @Override
    public synchronized void close() {
        // Since JDK 21 a client can be closed; before, its thread ends with the last reference to it.
        if ((Object) client instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception stays) {
                LOG.debug("a connection stays open", stays);
            }
        }
        client = null;
        threads.close();
    }
}

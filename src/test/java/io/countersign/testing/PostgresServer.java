package io.countersign.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server on loopback, which ends with this JVM, however that ends. It keeps nothing through a power cut, but all
 * through the end of its clients. Tests are skipped where there is no PostgreSQL.
 */
public final class PostgresServer implements AutoCloseable {
    public static final String USER = "countersign";
    public static final String PASSWORD = "a secret + of ours";

    /** Who it is where we are root, which it refuses to be. */
    public static final String NOBODY = "65534";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Waits for a word on standard input: a signal's name, or its end, and then nothing is left. */
    private static final String KEEPER = "data=$1; shift; \"$@\" </dev/null & server=$!; read -r signal;"
            + " kill -\"${signal:-QUIT}\" $server; wait $server; [ \"$signal\" ] || rm -rf \"$data\"";

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable PostgresServer shared;

    private final Path programs;
    private final Path folder;
    private int port;
    private @Nullable Process keeper;

    private PostgresServer(Path programs, Path folder) {
        this.programs = programs;
        this.folder = folder;
    }

    /** An empty database, and who may do everything in it. */
    public record Database(String url, String user, String password) {}

    /** The one that all tests of this JVM share; nobody may stop it. */
    public static synchronized PostgresServer shared() throws IOException, InterruptedException {
        PostgresServer running = shared;
        if (running == null) {
            running = start();
            shared = running;
        }
        return running;
    }

    /** One of a test's own. */
    public static PostgresServer start() throws IOException, InterruptedException {
        Path programs = PostgresPrograms.folder();
        Path folder = Files.createTempDirectory("countersign-postgres-data-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        PostgresServer server = new PostgresServer(programs, folder);
        server.initialize();
        server.resume();
        server.ask("postgres", "CREATE ROLE " + USER + " LOGIN PASSWORD '" + PASSWORD + "'");
        return server;
    }

    private void initialize() throws IOException, InterruptedException {
        Path secret = Files.writeString(folder.resolve("secret"), PASSWORD);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
        List<String> initdb = List.of(
                "initdb", "-D", data(), "-U", "postgres", "-A", "scram-sha-256", "--pwfile=" + secret, "--no-sync");
        Process process = new ProcessBuilder(command(initdb, "--encoding=UTF8", "--locale=C"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(Files.readString(log()));
        }
    }

    /** Starts it where it was; its databases are there again. */
    public void resume() throws IOException {
        Files.deleteIfExists(log());
        if (port == 0) {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
        }
        List<String> keeping = new ArrayList<>(List.of("sh", "-c", KEEPER, "keeper", folder.toString()));
        keeping.addAll(command(
                List.of("postgres", "-D", data(), "-p", Integer.toString(port), "-F"),
                "--listen_addresses=127.0.0.1",
                "--unix_socket_directories=",
                "--shared_buffers=16MB",
                "--jit=off"));
        keeper = new ProcessBuilder(keeping)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        Awaitility.await("PostgreSQL, which says " + log())
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> Files.readString(log()).contains("ready to accept connections"));
    }

    /** Ends it as an administrator does who has no time: connections are cut. */
    public void stop() throws IOException {
        end("INT\n");
    }

    private void end(String word) throws IOException {
        Process running = keeper;
        keeper = null;
        if (running != null) {
            running.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            running.getOutputStream().close();
            running.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    public Database database() {
        return database("");
    }

    /** @param options such as {@code TABLESPACE small} */
    public Database database(String options) {
        String name = "ledger" + DATABASES.incrementAndGet();
        ask("postgres", "CREATE DATABASE " + name + " OWNER " + USER + " " + options);
        return new Database("jdbc:postgresql://127.0.0.1:" + port + "/" + name, USER, PASSWORD);
    }

    /** Does something in a database as an administrator. */
    public void administer(Database database, String sql) {
        ask(database.url().substring(database.url().lastIndexOf('/') + 1), sql);
    }

    public void administer(String sql) {
        ask("postgres", sql);
    }

    /** Takes it away from whoever uses it. */
    public void drop(Database database) {
        String name = database.url().substring(database.url().lastIndexOf('/') + 1);
        ask("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }

    private void ask(String database, String sql) {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(sql, failed);
        }
    }

    private List<String> command(List<String> program, String... options) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.add(programs.resolve(Objects.requireNonNull(program.get(0))).toString());
        command.addAll(program.subList(1, program.size()));
        command.addAll(List.of(options));
        return command;
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private Path log() {
        return folder.resolve("log");
    }

    @Override
    public void close() throws IOException {
        end("");
    }
}

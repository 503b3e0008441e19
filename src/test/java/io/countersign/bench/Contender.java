package io.countersign.bench;

import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;

/**
 * One of those that are compared, ready to be started.
 *
 * @param path to which a name is added
 * @param received the folder in which its files are afterwards
 */
record Contender(String name, List<String> command, int port, String path, Path received) {
    private static final String CONFIGURATION = """
            worker_processes 1;
            daemon off;
            user %5$s;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log warn;
            events { worker_connections 4096; }
            http {
              access_log off;
              client_max_body_size 0;
              client_body_temp_path %1$s/unfinished;
              keepalive_requests 10000000;
              ssl_session_cache shared:sessions:20m;
              server {
                listen 127.0.0.1:%2$d ssl backlog=1024;
                ssl_certificate %1$s/server.crt;
                ssl_certificate_key %1$s/server.key;
                ssl_client_certificate %3$s;
                ssl_verify_client on;
                location /in/ { root %4$s; dav_methods PUT; }
              }
            }
            """;

    /** WebDAV's PUT behind a client certificate. Nothing is flushed. */
    static Contender nginx(Path folder, TestHome parties) throws IOException {
        Files.createDirectories(folder.resolve("in"));
        Files.createDirectories(folder.resolve("unfinished"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        int port = freePort();
        parties.company.write(folder, "server");
        Path authority = parties.authority.write(folder, "authority");
        Path configuration = Files.writeString(
                folder.resolve("nginx.conf"),
                CONFIGURATION.formatted(folder, port, authority, folder, System.getProperty("user.name")));
        return new Contender(
                "nginx",
                List.of("nginx", "-p", folder.toString(), "-c", configuration.toString()),
                port,
                "/in/",
                folder.resolve("in"));
    }

    static Contender jetty(Path folder, TestHome parties) throws IOException, GeneralSecurityException {
        Path in = Files.createDirectories(folder.resolve("in"));
        Path keys = folder.resolve("keys.p12");
        Path trust = folder.resolve("trust.p12");
        int port = freePort();
        parties.company.writeKeystore(keys, BareJetty.PASSWORD);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", parties.authority.certificate());
        try (var out = Files.newOutputStream(trust)) {
            store.store(out, BareJetty.PASSWORD.toCharArray());
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new Contender(
                "Jetty",
                List.of(
                        java,
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareJetty.class.getName(),
                        Integer.toString(port),
                        in.toString(),
                        keys.toString(),
                        trust.toString()),
                port,
                "/in/",
                in);
    }

    /**
     * As packaged, with a partner "caller".
     *
     * @param distribution as {@code mvn package} leaves it
     */
    static Contender countersign(TestHome home, Path distribution) throws IOException {
        int port = freePort();
        home.set("countersign.port", Integer.toString(port)).saveSettings();
        return new Contender(
                "Countersign",
                List.of(distribution.resolve("bin/countersign").toString(), "run", "--home", home.folder.toString()),
                port,
                "/exchange/",
                home.data().resolve("inbox/caller"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}

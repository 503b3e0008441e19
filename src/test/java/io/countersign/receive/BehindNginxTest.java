package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * nginx in front of the service, with the README's lines. It says who calls by the PROXY protocol's version 1 only, passes no
 * chains on, and does not ask whether we are there.
 */
class BehindNginxTest extends BehindRealProxy {
    private static final Path STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    /** One process in the foreground, whose files are all in its own folder. */
    private static final String PROCESS = """
            load_module STREAM;
            daemon off;
            master_process off;
            pid nginx.pid;
            events {
            }
            """;

    private static final String HTTP = """
            http {
              access_log off;
              client_body_temp_path body;
              proxy_temp_path proxied;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              proxy_bind 127.0.0.5;
              upstream keeping {
                server 10.0.0.9:8445;
                keepalive 4;
              }
              CONTENT
            }
            """;

    @Override
    List<Door> doors() {
        return List.of(Door.VERSION_1, Door.ENDS_TLS);
    }

    @Override
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (!Command.isInstalled("nginx")) {
            missing.add("nginx");
        }
        if (!Files.exists(STREAM)) {
            missing.add("nginx's stream module");
        }
        return missing;
    }

    @Override
    boolean passesAnyLengthOn() {
        return false;
    }

    @Override
    int keepingPort() {
        return port("KEEPING");
    }

    @Override
    Map<List<String>, List<Integer>> configure() throws IOException {
        String passing = listening(readme("stream {"), port(Door.VERSION_1));
        String ending = readme("map $ssl_client_raw_cert");
        String keeping = ending.substring(ending.indexOf("server {"))
                .replace("https://10.0.0.9:8445;", "https://keeping;\nproxy_set_header Connection \"\";");
        assertThat(keeping).contains("https://keeping;");
        String http =
                HTTP.replace("CONTENT", listening(ending, port(Door.ENDS_TLS)) + listening(keeping, keepingPort()));
        Files.writeString(
                folder().resolve("nginx.conf"),
                (PROCESS.replace("STREAM", STREAM.toString())
                                + passing.replace("proxy_protocol on;", "proxy_protocol on;\nproxy_bind 127.0.0.5;")
                                + http)
                        .replace("10.0.0.9:8443", "127.0.0.1:" + partners())
                        .replace("10.0.0.9:8445", "127.0.0.2:" + vouching()));
        return Map.of(
                List.of("nginx", "-p", folder().toString(), "-c", "nginx.conf", "-e", "stderr"),
                List.of(port(Door.VERSION_1), port(Door.ENDS_TLS), keepingPort()));
    }

    private static String listening(String text, int port) {
        assertThat(text).contains("listen 443");
        return text.replace("listen 443", "listen 127.0.0.1:" + port);
    }
}

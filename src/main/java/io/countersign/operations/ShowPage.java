package io.countersign.operations;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Answers by a file that comes with the service, as a bean of a route file: a part of the status page. */
public final class ShowPage implements Processor {
    private static final String WEBJAR = "webjar:";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private byte @Nullable [] content;
    private String type = "application/octet-stream";

    /** On the class path; {@code webjar:NAME/FILE} is a file of a WebJar, whatever its version. */
    public void setResource(String resource) throws IOException {
        String path = resource.startsWith(WEBJAR) ? inWebjar(resource.substring(WEBJAR.length())) : resource;
        content = read(path);
        String ending = path.substring(path.lastIndexOf('.') + 1);
        type = TYPES.getOrDefault(ending, type);
    }

    @Override
    public void process(Exchange exchange) {
        Message answer = exchange.getMessage();
        answer.removeHeaders("*");
        answer.setHeader(Exchange.CONTENT_TYPE, type);
        answer.setBody(content == null ? new byte[0] : content);
    }

    private static String inWebjar(String file) throws IOException {
        int end = file.indexOf('/');
        if (end < 0) {
            throw new IllegalArgumentException("'" + file + "' is no file of a WebJar; accepted: webjar:NAME/FILE");
        }
        String name = file.substring(0, end);
        Properties properties = new Properties();
        try (InputStream in = open("META-INF/maven/org.webjars.npm/" + name + "/pom.properties")) {
            properties.load(in);
        }
        return "META-INF/resources/webjars/" + name + "/" + properties.getProperty("version") + file.substring(end);
    }

    private static byte[] read(String path) throws IOException {
        try (InputStream in = open(path)) {
            return in.readAllBytes();
        }
    }

    private static InputStream open(String path) throws IOException {
        InputStream in = ShowPage.class.getClassLoader().getResourceAsStream(path);
        if (in == null) {
            throw new IOException(path + " does not come with the service");
        }
        return in;
    }
}

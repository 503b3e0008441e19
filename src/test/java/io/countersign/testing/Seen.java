package io.countersign.testing;

import io.countersign.tls.Certificates;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** A request that a {@link ScriptedServer} got. A {@link Step} deals with it; a test asks about it, while that goes on too. */
public final class Seen {
    private static final int MOST_KEPT = 1 << 20;
    private static final Pattern EXTENDED_NAME = Pattern.compile("(?i)filename\\*=UTF-8''([^;\\s]+)");
    private static final Pattern QUOTED_NAME = Pattern.compile("(?i)filename=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final Socket connection;
    private final SSLSocket tls;
    private final InputStream in;
    private final String[] requestLine;
    private final Map<String, String> headers;
    private final MessageDigest digest;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private long size;
    private boolean invited;
    private boolean last;

    /** Reads a request as far as its body. */
    Seen(Socket connection, SSLSocket tls, BufferedInputStream in) throws IOException {
        this.connection = connection;
        this.tls = tls;
        this.in = in;
        requestLine = Answer.line(in).split(" ", 3);
        headers = Answer.headers(in);
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public String method() {
        return requestLine[0];
    }

    public String target() {
        return requestLine[1];
    }

    /** By name, in lower case. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The client's, or null. */
    public @Nullable X509Certificate certificate() {
        try {
            return (X509Certificate) tls.getSession().getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    /** How much of the body was read so far. */
    public synchronized long size() {
        return size;
    }

    /** Of what was read so far. */
    public synchronized String sha256() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What was read so far; null where it is a mebibyte or more. */
    public synchronized byte @Nullable [] body() {
        return size < MOST_KEPT ? kept.toByteArray() : null;
    }

    /** Whether the body was read to its end. */
    public boolean whole() {
        return size() == length();
    }

    /** Below TLS. */
    public Socket connection() {
        return connection;
    }

    /** Where the body comes from, past {@link #size}. */
    public InputStream in() {
        return in;
    }

    /** Reads so much more of the body, or what is left of it, having sent 100 to a client that waits for it. */
    public void read(long bytes) throws IOException {
        if (!invited && headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
            write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        invited = true;
        byte[] buffer = new byte[8192];
        long left = Math.min(bytes, length() - size());
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException("the body ended after " + size() + " bytes");
            }
            took(buffer, read);
            left -= read;
        }
    }

    public void readWhole() throws IOException {
        read(Long.MAX_VALUE);
    }

    private long length() {
        return Long.parseLong(headers.getOrDefault("content-length", "0"));
    }

    private synchronized void took(byte[] buffer, int read) {
        digest.update(buffer, 0, read);
        size += read;
        if (size < MOST_KEPT) {
            kept.write(buffer, 0, read);
        }
    }

    /** What Countersign's receiving side answers, about what was read. */
    public JsonObject receipt() {
        JsonObject receipt = new JsonObject();
        receipt.put("id", UUID.randomUUID().toString());
        receipt.put("partner", "company");
        receipt.put("name", name());
        receipt.put("size", size());
        receipt.put("sha256", sha256());
        receipt.put("receivedAt", Instant.now().toString());
        X509Certificate certificate = certificate();
        receipt.put("certificate", certificate == null ? null : Certificates.fingerprint(certificate));
        receipt.put("address", connection.getInetAddress().getHostAddress());
        return receipt;
    }

    private String name() {
        String disposition = headers.getOrDefault("content-disposition", "");
        Matcher extended = EXTENDED_NAME.matcher(disposition);
        Matcher quoted = QUOTED_NAME.matcher(disposition);
        boolean isExtended = extended.find();
        if (!isExtended && quoted.find()) {
            return quoted.group(1).replaceAll("\\\\(.)", "$1");
        }
        String encoded = isExtended ? extended.group(1) : target().substring(target().lastIndexOf('/') + 1);
        return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    public void answer(int status, Map<String, String> fields, String body) throws IOException {
        write(answerOf(status, fields, body));
    }

    byte[] answerOf(int status, Map<String, String> fields, String body) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(fields);
        all.putIfAbsent("Content-Length", "" + body.getBytes(StandardCharsets.UTF_8).length);
        if (last) {
            all.putIfAbsent("Connection", "close");
        }
        last = all.getOrDefault("Connection", "").equalsIgnoreCase("close");
        StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + " \r\n");
        all.forEach(
                (name, value) -> answer.append(name).append(": ").append(value).append("\r\n"));
        return answer.append("\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8);
    }

    public void write(byte[] bytes) throws IOException {
        tls.getOutputStream().write(bytes);
        tls.getOutputStream().flush();
    }

    /** Makes its answer close the connection. */
    void makeLast() {
        last = true;
    }

    boolean last() {
        return last;
    }

    /** Ends the connection in order. */
    public void close() throws IOException {
        tls.shutdownOutput();
        connection.close();
    }

    public void reset() throws IOException {
        reset(connection);
    }

    static void reset(Socket connection) throws IOException {
        connection.setSoLinger(true, 0);
        connection.close();
    }

    /** Says and reads nothing until the server is closed. */
    public void staySilent() {
        staySilent(connection);
    }

    static void staySilent(Socket connection) {
        while (!connection.isClosed()) {
            LockSupport.park(connection);
        }
    }
}

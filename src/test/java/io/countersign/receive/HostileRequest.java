package io.countersign.receive;

import java.util.ArrayList;
import java.util.List;

/**
 * A request as no client should write it, or as few do, and what the RFCs say of it.
 *
 * @param rfc section that says so
 * @param text one character a byte
 * @param content of the file, where the request is a hand-over that may be accepted; none where it may not
 * @param ended whether nothing comes behind it: it lacks its end
 */
record HostileRequest(
        String category, String name, String rfc, Demand demand, String text, String content, boolean ended) {
    /** Stands for whatever tells one request from all others. */
    static final String NUMBER = "{n}";

    /** A payload that spells a request, of which nobody may ever take it for one. */
    static final String BODY = "PUT /exchange/smuggled HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\ns";

    static final String LINE = "PUT /exchange/r{n} HTTP/1.1\r\n";
    static final String HOST = "Host: localhost\r\n";
    static final String LENGTH = "Content-Length: " + BODY.length() + "\r\n";
    static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    /** What RFC 9110 and RFC 9112 leave to a server. */
    enum Demand {
        /** Accepted, once. */
        ACCEPT,
        /** Accepted once, or refused. */
        EITHER,
        /** Refused; where it ends is clear, and the connection may go on. */
        REFUSE,
        /** Refused, and the connection closed: nobody can tell what comes behind it. */
        REFUSE_AND_CLOSE
    }

    /** Collects those of one category. */
    static final class Category {
        private final String name;
        private final List<HostileRequest> requests;

        Category(String name, List<HostileRequest> requests) {
            this.name = name;
            this.requests = requests;
        }

        /** @param head without the empty line at its end; the body that spells a request follows */
        void add(Demand demand, String rfc, String what, String head) {
            raw(demand, rfc, what, head + "\r\n" + BODY, BODY);
        }

        void raw(Demand demand, String rfc, String what, String text, String content) {
            requests.add(new HostileRequest(name, what, rfc, demand, text, content, false));
        }

        void ended(Demand demand, String rfc, String what, String text, String content) {
            requests.add(new HostileRequest(name, what, rfc, demand, text, content, true));
        }
    }

    static List<HostileRequest> all() {
        List<HostileRequest> requests = new ArrayList<>();
        RequestLines.addTo(requests);
        FieldLines.addTo(requests);
        Lengths.addTo(requests);
        Chunks.addTo(requests);
        Conversations.addTo(requests);
        return requests;
    }

    static String chunk(String data) {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }

    /** Readable, whatever the bytes. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 60); i++) {
            char c = text.charAt(i);
            shown.append(c > ' ' && c < 127 ? String.valueOf(c) : String.format("\\x%02x", (int) c));
        }
        return shown + (text.length() > 60 ? "… (" + text.length() + ")" : "");
    }

    /** Whether not even the head comes to its end. */
    boolean isWithoutHead() {
        return ended && !text.contains("\r\n\r\n");
    }

    boolean isBy(String method) {
        return text.startsWith(method + " ");
    }

    @Override
    public String toString() {
        return category + ": " + name + " (RFC " + rfc + ", " + demand + ")";
    }
}

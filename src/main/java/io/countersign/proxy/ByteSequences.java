package io.countersign.proxy;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A list of byte sequences in a header (RFC 8941, 3.3.5): {@code :cHJldGVuZA==:, :aXQ=:}. Parameters behind one are read and
 * mean nothing, as RFC 8941 wants of those that nobody has defined.
 */
final class ByteSequences {
    private static final String SPACE = " \t";

    private final String header;
    private final String text;
    private int at;

    ByteSequences(String header, String text) {
        this.header = header;
        this.text = text;
    }

    List<byte[]> read() throws UnclearCallerException {
        List<byte[]> members = new ArrayList<>();
        pass(" ");
        while (at < text.length()) {
            members.add(bytes());
            parameters();
            pass(SPACE);
            if (at < text.length()) {
                expect(',');
                pass(SPACE);
                if (at == text.length()) {
                    throw unreadable("ends with a comma");
                }
            }
        }
        return members;
    }

    private byte[] bytes() throws UnclearCallerException {
        expect(':');
        int end = text.indexOf(':', at);
        if (end < 0) {
            throw unreadable("has no colon at the end of its base64");
        }
        String base64 = text.substring(at, end);
        at = end + 1;
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException not) {
            throw unreadable("has something else than base64 between its colons");
        }
    }

    private void parameters() throws UnclearCallerException {
        while (at < text.length() && text.charAt(at) == ';') {
            at++;
            pass(" ");
            word("abcdefghijklmnopqrstuvwxyz*", "abcdefghijklmnopqrstuvwxyz0123456789_-.*");
            if (at < text.length() && text.charAt(at) == '=') {
                at++;
                value();
            }
        }
    }

    /** A string, bytes, a boolean, a number or a token. */
    private void value() throws UnclearCallerException {
        char first = at < text.length() ? text.charAt(at) : ' ';
        if (first == '"') {
            string();
        } else if (first == ':') {
            var unused = bytes();
        } else if (first == '?') {
            at++;
            word("01", "");
        } else if (first == '-' || Character.isDigit(first)) {
            word("-0123456789", "0123456789.");
        } else {
            String letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ*";
            word(letters, letters + "0123456789!#$%&'+-.^_`|~:/");
        }
    }

    private void string() throws UnclearCallerException {
        for (at++; at < text.length(); at++) {
            char here = text.charAt(at);
            if (here == '"') {
                at++;
                return;
            }
            if (here == '\\') {
                at++;
            }
        }
        throw unreadable("has a string without an end");
    }

    private void word(String first, String others) throws UnclearCallerException {
        if (at == text.length() || first.indexOf(text.charAt(at)) < 0) {
            throw unreadable("has a parameter that cannot be read");
        }
        at++;
        pass(others);
    }

    private void pass(String these) {
        while (at < text.length() && these.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void expect(char expected) throws UnclearCallerException {
        if (at == text.length() || text.charAt(at) != expected) {
            throw unreadable("has no '" + expected + "' at character " + (at + 1));
        }
        at++;
    }

    private UnclearCallerException unreadable(String what) {
        return new UnclearCallerException(header + " " + what + "; accepted: base64 of DER between colons, :MIIB…:");
    }
}

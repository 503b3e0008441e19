package io.countersign.edit;

/** Where the lines of a text begin and end. */
record Lines(String text) {
    int start(int at) {
        return text.lastIndexOf('\n', at - 1) + 1;
    }

    /** Before the line's end, and before the carriage return where it has one. */
    int end(int at) {
        int feed = text.indexOf('\n', at);
        int end = feed < 0 ? text.length() : feed;
        return end > at && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }

    int next(int at) {
        int feed = text.indexOf('\n', at);
        return feed < 0 ? text.length() : feed + 1;
    }

    /** With one more line behind the one that ends there. */
    String inserted(int end, String line) {
        return text.substring(0, end) + separator() + line + text.substring(end);
    }

    /** With one more line before the one around a place. */
    String insertedBefore(int at, String line) {
        return text.substring(0, start(at)) + line + separator() + text.substring(start(at));
    }

    int number(int at) {
        return (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    }

    private String separator() {
        return text.contains("\r\n") ? "\r\n" : "\n";
    }
}

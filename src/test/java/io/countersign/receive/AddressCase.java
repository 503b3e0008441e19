package io.countersign.receive;

import java.util.ArrayList;
import java.util.List;

/** A row of a table: who calls from where, and that he is admitted, or why not. */
record AddressCase(String id, String check, String addresses, String names, String from, String expected) {
    /** @param table its first line is for the reader; cells have {@code |} between them */
    static List<AddressCase> read(String table) {
        List<AddressCase> cases = new ArrayList<>();
        table.lines().skip(1).forEach(line -> {
            String[] cells = line.strip().split("\\s*\\|\\s*");
            cases.add(new AddressCase("p" + cases.size(), cells[0], cells[1], cells[2], cells[3], cells[4]));
        });
        return cases;
    }

    boolean isAdmitted() {
        return expected.equals("admitted");
    }

    @Override
    public String toString() {
        return check + " " + addresses + ", certificate " + names + ", from " + from + ": " + expected;
    }
}

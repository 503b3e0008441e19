package io.countersign.refusal;

import io.countersign.text.OneLine;

/**
 * The partner that somebody who was refused is most like, for the operator's eyes alone. It decides nothing.
 *
 * @param difference in plain words, such as {@code same subject and issuer, new key; its pin ends in …41fe}; names in it are
 *     those of strangers, made printable and shortened
 */
public record Nearest(String partner, String difference) {
    private static final int LONGEST = 500;

    public Nearest {
        String printable = OneLine.printable(difference);
        difference = printable.length() <= LONGEST ? printable : printable.substring(0, LONGEST) + "…";
    }
}

package io.countersign.refusal;

/**
 * The partner that somebody who was refused is most like, for the operator's eyes alone. It decides nothing.
 *
 * @param difference in plain words, such as {@code same subject and issuer, new key; its pin ends in …41fe}
 */
public record Nearest(String partner, String difference) {}

package io.countersign.tls;

/**
 * Why the search for a path went no further, in plain words, for the operator.
 *
 * @param height how many certificates stood in order below
 * @param isUnknown whether nothing is wrong but that whoever issued it is not trusted here
 */
record DeadEnd(int height, String words, boolean isUnknown) {}

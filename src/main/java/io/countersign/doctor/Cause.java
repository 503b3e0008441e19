package io.countersign.doctor;

/**
 * Why something does not work.
 *
 * @param wrong what is wrong
 * @param remedy who should change what
 */
record Cause(String wrong, String remedy) {}

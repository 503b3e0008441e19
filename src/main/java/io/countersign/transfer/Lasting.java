package io.countersign.transfer;

/** A part that remembers what is under way, so that there must be but one of it for as long as the service runs. */
public interface Lasting {}

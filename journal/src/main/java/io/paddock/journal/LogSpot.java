package io.paddock.journal;

/**
 * Where a transaction stands in the log.
 *
 * @param next the zxid of the one right after it
 * @param bytesBehind how many bytes of log there are from it to the end, roughly
 */
public record LogSpot(long next, long bytesBehind) {}

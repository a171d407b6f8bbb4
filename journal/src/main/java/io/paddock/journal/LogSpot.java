package io.paddock.journal;

/**
 * Where a transaction stands in the log, or would stand.
 *
 * @param at its zxid; where it is beyond the end that its epoch has here, that end's
 * @param next the zxid of the one right after it
 * @param bytesBehind how many bytes of log there are from it to the end, roughly
 */
public record LogSpot(long at, long next, long bytesBehind) {}

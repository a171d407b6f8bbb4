package io.paddock.replica;

/** The digest a tree had at a zxid. */
public record ZxidDigest(long zxid, long digest) {}

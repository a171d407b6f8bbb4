package io.paddock.journal;

import java.util.OptionalLong;

/**
 * What a snapshot says beside its body.
 *
 * @param zxid the zxid of its name: replay starts after it
 * @param digestZxid zxid at which replay must reach {@code digest}; 0 without a digest
 * @param digest tree digest (version 2), empty when the snapshot carries none
 * @param lastZxid the last-zxid section, empty when there is none; for information, the name rules
 */
public record SnapshotMeta(
    long zxid, long digestZxid, OptionalLong digest, OptionalLong lastZxid) {}

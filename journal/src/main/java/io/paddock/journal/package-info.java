/**
 * The files of a data directory: transaction log, snapshots and epochs, in Apache ZooKeeper's
 * formats, over a small {@link io.paddock.journal.Storage} port. Knows bytes and zxids, neither
 * znodes nor quorums.
 */
package io.paddock.journal;

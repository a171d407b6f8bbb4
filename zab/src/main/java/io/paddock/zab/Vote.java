package io.paddock.zab;

/**
 * Whom a server wants to lead, and why (quorum sheet, section 2.6). Immutable.
 *
 * @param leader the proposed leader's sid
 * @param zxid its last logged zxid
 * @param round of the election in which this was said
 * @param peerEpoch its currentEpoch
 */
record Vote(long leader, long zxid, long round, long peerEpoch) {
  /** What observers write where a number of theirs would be. */
  static final long NOBODY = Long.MIN_VALUE;
}

package io.paddock.zab;

/** What a server is to its ensemble at the moment (quorum sheet, section 2). */
public enum Role {
  /** In search of a leader; nothing is served. */
  LOOKING,
  /** Proposes transactions and commits what a quorum has on disk. */
  LEADING,
  /** Votes on proposals. */
  FOLLOWING,
  /** Learns what was committed, without a vote. */
  OBSERVING
}

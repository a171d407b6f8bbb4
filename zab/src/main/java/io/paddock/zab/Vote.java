package io.paddock.zab;

/**
 * Whom a server wants to lead, and why (quorum sheet, section 2.6). Immutable.
 *
 * @param leader the proposed leader's sid
 * @param zxid its last logged zxid
 * @param round of the election in which this was said
 * @param peerEpoch its currentEpoch
 * @param state of the server that said it
 * @param version of the notification that said it
 */
record Vote(long leader, long zxid, long round, long peerEpoch, Role state, int version) {
  /** What observers write where a number of theirs would be. */
  static final long NOBODY = Long.MIN_VALUE;

  /** A vote of a server in search of a leader. */
  static Vote looking(long leader, long zxid, long round, long peerEpoch) {
    return new Vote(leader, zxid, round, peerEpoch, Role.LOOKING, NotificationCodec.VERSION);
  }

  static Vote of(Notification n) {
    return new Vote(n.leader(), n.zxid(), n.round(), n.peerEpoch(), n.state(), n.version());
  }

  /** The order of candidates: epoch, then history, then id. */
  boolean beats(Vote other) {
    if (peerEpoch != other.peerEpoch) {
      return peerEpoch > other.peerEpoch;
    }
    return zxid != other.zxid ? zxid > other.zxid : leader > other.leader;
  }

  /**
   * Whether both want the same. Servers that have a leader remember different zxids and rounds of
   * it, so there the leader and its epoch decide, and with servers before 3.4.6 only the leader.
   */
  boolean agrees(Vote other) {
    if (leader != other.leader) {
      return false;
    }
    if (state == Role.LOOKING || other.state == Role.LOOKING) {
      return zxid == other.zxid && round == other.round && peerEpoch == other.peerEpoch;
    }
    return (version > 0) != (other.version > 0) || peerEpoch == other.peerEpoch;
  }

  Vote inRound(long newRound) {
    return new Vote(leader, zxid, newRound, peerEpoch, state, version);
  }

  Vote inEpoch(long newEpoch) {
    return new Vote(leader, zxid, round, newEpoch, state, version);
  }
}

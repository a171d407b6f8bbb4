package io.paddock.zab;

/**
 * A learner's first packet, FOLLOWERINFO or OBSERVERINFO.
 *
 * @param follower by the packet's type: whether it wants proposals
 * @param acceptedEpoch the highest epoch it has promised to
 */
record Greeting(boolean follower, long acceptedEpoch, LearnerInfo info) {
  /** The epoch is the upper half of a zxid, with a sign (quorum sheet, section 3.9). */
  private static final long EPOCH_MAX = Integer.MAX_VALUE;

  /**
   * Reads a first packet.
   *
   * @throws Breach when it is another, or from before ZooKeeper 3.4
   */
  static Greeting of(QuorumPacket packet) {
    Greeting greeting =
        switch (packet.kind()) {
          case FOLLOWERINFO -> {
            QuorumPacket.FollowerInfo info = (QuorumPacket.FollowerInfo) packet;
            yield new Greeting(true, Zxid.epoch(info.zxid()), info.info());
          }
          case OBSERVERINFO -> {
            QuorumPacket.ObserverInfo info = (QuorumPacket.ObserverInfo) packet;
            yield new Greeting(false, Zxid.epoch(info.zxid()), info.info());
          }
          default -> throw new Breach("began with " + packet.kind());
        };
    if (greeting.info().protocolVersion() < LearnerInfo.PROTOCOL) {
      throw new Breach("speaks the protocol before ZooKeeper 3.4");
    }
    return greeting;
  }

  /**
   * Whether a leader can have this learner.
   *
   * @param configVersion of the leader's configuration in force
   * @throws Breach when it cannot
   */
  void checkFor(long leaderId, long configVersion) {
    if (info.configVersion() > configVersion) {
      throw new Breach(
          "has configuration version "
              + Long.toHexString(info.configVersion())
              + ", ahead of the leader's "
              + Long.toHexString(configVersion));
    }
    if (info.serverId() == leaderId) {
      // Its acknowledgements would be taken for the leader's own.
      throw new Breach("has the leader's own id");
    }
    if (acceptedEpoch >= EPOCH_MAX) {
      throw new Breach("has accepted epoch " + acceptedEpoch + ", after which there is none");
    }
  }
}

package io.paddock.zab;

/**
 * A learner's first packet, FOLLOWERINFO or OBSERVERINFO.
 *
 * @param follower by the packet's type: whether it wants proposals
 * @param acceptedEpoch the highest epoch it has promised to
 */
record Greeting(boolean follower, long acceptedEpoch, LearnerInfo info) {
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
}

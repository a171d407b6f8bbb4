package io.paddock.zab;

/** Packets and notifications as a trace shows them. */
final class Words {
  private Words() {}

  static String of(Notification n) {
    return n.state()
        + " leader "
        + (n.leader() == Vote.NOBODY ? "nobody" : n.leader())
        + " zxid "
        + Zxid.text(n.zxid())
        + " round "
        + n.round()
        + " epoch "
        + (n.peerEpoch() == Vote.NOBODY ? "none" : n.peerEpoch());
  }

  static String of(QuorumPacket packet) {
    String kind = packet.kind().toString();
    return switch (packet.kind()) {
      case PROPOSAL -> kind + " " + Zxid.text(((QuorumPacket.Proposal) packet).zxid());
      case ACK -> kind + " " + Zxid.text(((QuorumPacket.Ack) packet).zxid());
      case COMMIT -> kind + " " + Zxid.text(((QuorumPacket.Commit) packet).zxid());
      case INFORM -> kind + " " + Zxid.text(((QuorumPacket.Inform) packet).zxid());
      case DIFF -> kind + " " + Zxid.text(((QuorumPacket.Diff) packet).zxid());
      case TRUNC -> kind + " " + Zxid.text(((QuorumPacket.Trunc) packet).zxid());
      case SNAP -> kind + " " + Zxid.text(((QuorumPacket.Snap) packet).zxid());
      case NEWLEADER -> kind + " " + Zxid.text(((QuorumPacket.NewLeader) packet).zxid());
      case LEADERINFO -> kind + " " + Zxid.text(((QuorumPacket.LeaderInfo) packet).zxid());
      case FOLLOWERINFO -> {
        QuorumPacket.FollowerInfo info = (QuorumPacket.FollowerInfo) packet;
        yield kind + " " + Zxid.text(info.zxid()) + " of " + info.info().serverId();
      }
      case OBSERVERINFO -> {
        QuorumPacket.ObserverInfo info = (QuorumPacket.ObserverInfo) packet;
        yield kind + " " + Zxid.text(info.zxid()) + " of " + info.info().serverId();
      }
      case ACKEPOCH -> {
        QuorumPacket.AckEpoch ack = (QuorumPacket.AckEpoch) packet;
        yield kind + " " + Zxid.text(ack.zxid()) + " epoch " + ack.currentEpoch();
      }
      case COMMITANDACTIVATE -> {
        QuorumPacket.CommitAndActivate commit = (QuorumPacket.CommitAndActivate) packet;
        yield kind + " " + Zxid.text(commit.zxid()) + " leader " + commit.designatedLeader();
      }
      case INFORMANDACTIVATE -> {
        QuorumPacket.InformAndActivate inform = (QuorumPacket.InformAndActivate) packet;
        yield kind + " " + Zxid.text(inform.zxid()) + " leader " + inform.designatedLeader();
      }
      case REQUEST, PING, REVALIDATE, REVALIDATED, SYNC, UPTODATE -> kind;
    };
  }
}

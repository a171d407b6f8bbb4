package io.paddock.sim;

import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;

/** Packets in words, for the trace. */
final class Words {
  private Words() {}

  static String of(Notification vote) {
    return "%s, votes for server %d with %s of epoch %d in round %d"
        .formatted(
            vote.state(),
            vote.leader(),
            Chronicle.hex(vote.zxid()),
            vote.peerEpoch(),
            vote.round());
  }

  static String of(QuorumPacket packet) {
    return packet.kind() + zxid(packet);
  }

  private static String zxid(QuorumPacket packet) {
    return switch (packet.kind()) {
      case PROPOSAL -> at(((QuorumPacket.Proposal) packet).zxid());
      case ACK -> at(((QuorumPacket.Ack) packet).zxid());
      case COMMIT -> at(((QuorumPacket.Commit) packet).zxid());
      case INFORM -> at(((QuorumPacket.Inform) packet).zxid());
      case NEWLEADER -> at(((QuorumPacket.NewLeader) packet).zxid());
      case FOLLOWERINFO -> at(((QuorumPacket.FollowerInfo) packet).zxid());
      case OBSERVERINFO -> at(((QuorumPacket.ObserverInfo) packet).zxid());
      case LEADERINFO -> at(((QuorumPacket.LeaderInfo) packet).zxid());
      case ACKEPOCH ->
          at(((QuorumPacket.AckEpoch) packet).zxid())
              + " of epoch "
              + ((QuorumPacket.AckEpoch) packet).currentEpoch();
      case DIFF -> at(((QuorumPacket.Diff) packet).zxid());
      case TRUNC -> at(((QuorumPacket.Trunc) packet).zxid());
      case SNAP -> at(((QuorumPacket.Snap) packet).zxid());
      case COMMITANDACTIVATE -> at(((QuorumPacket.CommitAndActivate) packet).zxid());
      case INFORMANDACTIVATE -> at(((QuorumPacket.InformAndActivate) packet).zxid());
      case REQUEST, PING, REVALIDATE, REVALIDATED, SYNC, UPTODATE -> "";
    };
  }

  private static String at(long zxid) {
    return " " + Chronicle.hex(zxid);
  }
}

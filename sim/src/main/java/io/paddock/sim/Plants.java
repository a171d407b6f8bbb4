package io.paddock.sim;

import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Zxid;
import java.util.List;

/** Where planted bugs change what passes between servers. */
final class Plants {
  private Plants() {}

  /** What a server hears instead of {@code packet}. */
  static List<QuorumPacket> incoming(Canary canary, QuorumPacket packet) {
    return switch (canary) {
      case APPLY_ON_PROPOSAL -> applied(packet);
      case LOST_TRUNC ->
          packet instanceof QuorumPacket.Trunc trunc
              ? List.of(new QuorumPacket.Diff(trunc.zxid()))
              : List.of(packet);
      default -> List.of(packet);
    };
  }

  private static List<QuorumPacket> applied(QuorumPacket packet) {
    return switch (packet.kind()) {
      case PROPOSAL ->
          List.of(packet, new QuorumPacket.Commit(((QuorumPacket.Proposal) packet).zxid()));
      case COMMIT -> List.of();
      default -> List.of(packet);
    };
  }

  /** What a server says instead of {@code vote}. */
  static Notification vote(Canary canary, Notification vote) {
    if (canary != Canary.VOTE_FOR_A_SHORTER_LOG || vote.leader() < 0) {
      return vote;
    }
    long inverted = Zxid.of(vote.peerEpoch(), 0xffff_ffffL - Zxid.counter(vote.zxid()));
    return new Notification(
        vote.state(),
        vote.leader(),
        inverted,
        vote.round(),
        vote.peerEpoch(),
        vote.version(),
        vote.config());
  }
}

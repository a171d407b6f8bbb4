package io.paddock.sim;

import io.paddock.replica.Submission;
import io.paddock.zab.Notification;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Zxid;
import java.util.Collections;
import java.util.List;

/** Where planted bugs change what passes between servers. */
final class Plants {
  private static final int SAYS_MOVES = 0x10001;

  private Plants() {}

  /** Whether a server keeps its clients, and, when it leads, logs the moves of sessions. */
  static boolean keepsClients(Canary canary, long sid) {
    return canary != Canary.UNTOLD_MOVE || sid % 2 == 0;
  }

  /** In which order a server asks for what it asks for again. */
  static void again(Canary canary, List<Submission> asked, Submission answered) {
    if (canary == Canary.COMMITTED_WRITE_ASKED_AGAIN && answered != null) {
      asked.add(answered);
    }
    for (int i = 1; canary == Canary.RESUMED_OUT_OF_ORDER && i < asked.size(); i++) {
      if (asked.get(i - 1).sessionId() == asked.get(i).sessionId()) {
        Collections.swap(asked, i - 1, i);
      }
    }
  }

  /** What a server hears instead of {@code packet}. */
  static List<QuorumPacket> incoming(Canary canary, QuorumPacket packet) {
    return switch (canary) {
      case APPLY_ON_PROPOSAL -> applied(packet);
      case LOST_TRUNC ->
          packet instanceof QuorumPacket.Trunc trunc
              ? List.of(new QuorumPacket.Diff(trunc.zxid()))
              : List.of(packet);
      case UNTOLD_MOVE ->
          packet instanceof QuorumPacket.LeaderInfo info
              ? List.of(new QuorumPacket.LeaderInfo(info.zxid(), SAYS_MOVES))
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

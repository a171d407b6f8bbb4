package io.paddock.zab;

import io.paddock.wire.Id;
import java.util.List;

/**
 * What passes between leader and learner on the quorum port (quorum sheet, section 3.1). Immutable:
 * the arrays inside are nobody's to change.
 */
public sealed interface QuorumPacket {

  /** The packet's kind, with its number on the wire. */
  enum Kind {
    REQUEST(1),
    PROPOSAL(2),
    ACK(3),
    COMMIT(4),
    PING(5),
    REVALIDATE(6),
    REVALIDATED(6),
    SYNC(7),
    INFORM(8),
    COMMITANDACTIVATE(9),
    NEWLEADER(10),
    FOLLOWERINFO(11),
    UPTODATE(12),
    DIFF(13),
    TRUNC(14),
    SNAP(15),
    OBSERVERINFO(16),
    LEADERINFO(17),
    ACKEPOCH(18),
    INFORMANDACTIVATE(19);

    final int type;

    Kind(int type) {
      this.type = type;
    }
  }

  Kind kind();

  /**
   * A learner forwards a client's request.
   *
   * @param data long sessionId, int cxid, int opType, request body (section 4.4)
   * @param authinfo the client's identities; null with createSession
   */
  record Request(byte[] data, List<Id> authinfo) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.REQUEST;
    }
  }

  /** The leader proposes a transaction to a follower. */
  record Proposal(long zxid, byte[] data) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.PROPOSAL;
    }
  }

  /** A learner has the transaction on disk; with counter 0, it has taken over the new leader. */
  record Ack(long zxid) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.ACK;
    }
  }

  /** A proposal is decided. */
  record Commit(long zxid) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.COMMIT;
    }
  }

  /**
   * A sign of life.
   *
   * @param sessions null from the leader; from a learner, pairs of long id, int timeout
   */
  record Ping(long zxid, byte[] sessions) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.PING;
    }
  }

  /** A learner asks whether a session lives. */
  record Revalidate(long sessionId, int timeoutMs) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.REVALIDATE;
    }
  }

  /** The leader's answer, told from the question by its length. */
  record Revalidated(long sessionId, boolean valid) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.REVALIDATED;
    }
  }

  /** The learner's oldest sync may be answered. */
  record Sync() implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.SYNC;
    }
  }

  /** A committed transaction, for an observer. */
  record Inform(long zxid, byte[] data) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.INFORM;
    }
  }

  /** A reconfiguration is decided. */
  record CommitAndActivate(long zxid, long designatedLeader) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.COMMITANDACTIVATE;
    }
  }

  /**
   * The end of the history that a learner takes over.
   *
   * @param config canonical text of the leader's last-seen configuration; null or empty from old
   *     leaders
   */
  record NewLeader(long zxid, String config) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.NEWLEADER;
    }
  }

  /** A follower introduces itself, with its acceptedEpoch in the zxid. */
  record FollowerInfo(long zxid, LearnerInfo info) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.FOLLOWERINFO;
    }
  }

  /** A quorum has taken over the new leader: the learner may serve. */
  record UpToDate() implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.UPTODATE;
    }
  }

  /** The learner keeps what it has; what it lacks follows. */
  record Diff(long zxid) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.DIFF;
    }
  }

  /** The learner cuts everything after the zxid; what it lacks follows. */
  record Trunc(long zxid) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.TRUNC;
    }
  }

  /** The learner replaces what it has by the stream behind this packet (section 3.7). */
  record Snap(long zxid) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.SNAP;
    }
  }

  /** An observer introduces itself, with its acceptedEpoch in the zxid. */
  record ObserverInfo(long zxid, LearnerInfo info) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.OBSERVERINFO;
    }
  }

  /** The leader proposes its epoch, in the zxid. */
  record LeaderInfo(long zxid, int protocolVersion) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.LEADERINFO;
    }
  }

  /**
   * A learner promises itself to the epoch.
   *
   * @param zxid the last it has logged
   * @param currentEpoch its currentEpoch from before; -1 when it had promised already
   */
  record AckEpoch(long zxid, int currentEpoch) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.ACKEPOCH;
    }
  }

  /** A committed reconfiguration, for an observer. */
  record InformAndActivate(long zxid, long designatedLeader, byte[] data) implements QuorumPacket {
    @Override
    public Kind kind() {
      return Kind.INFORMANDACTIVATE;
    }
  }
}

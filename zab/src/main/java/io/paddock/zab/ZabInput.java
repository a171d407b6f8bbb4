package io.paddock.zab;

/**
 * What happens to a {@link Zab}, as values: given one by one to {@link Zab#on}, the same inputs
 * lead to the same effects. Immutable. Only a proposal is none: it lies in an array that is used
 * again, so it is handed over by a call of its own ({@link Zab#propose}).
 */
public sealed interface ZabInput {

  /** What kind of input; the one switch over them is {@link Zab#on}. */
  enum Kind {
    START,
    TICK,
    NOTIFIED,
    VOTER_LOST,
    VOTER_GONE,
    LEARNER_CONNECTED,
    LEADER_CONNECTED,
    LEADER_UNREACHABLE,
    RECEIVED,
    PROGRESS,
    CLOSED,
    DURABLE,
    APPENDS_LOST,
    ACCEPTED_EPOCH_SAVED,
    CURRENT_EPOCH_SAVED,
    TRUNCATED,
    TRUNCATE_FAILED,
    SNAPSHOT_INSTALLED,
    SNAPSHOT_FAILED,
    SNAPSHOT_SAVED,
    FOUND_IN_LOG,
    ASK,
    ANSWER,
    SYNC,
    CONFIRM;

    /**
     * Whether it can happen to a server alone, which has no peers, no epochs and nobody to follow.
     */
    boolean happensAlone() {
      return switch (this) {
        case START, TICK, DURABLE, APPENDS_LOST -> true;
        default -> false;
      };
    }
  }

  Kind kind();

  /** A member looks for a leader; a server alone leads. Once, before any other input. */
  record Start(long nowMs) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.START;
    }
  }

  /**
   * Time has passed; all deadlines are looked at here and nowhere else. To come every 10 to 50 ms,
   * and before other inputs when the thread was idle for longer.
   *
   * @param nowMs of a clock that never runs backwards
   */
  record Tick(long nowMs) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.TICK;
    }
  }

  /** A notification came in on the election port. */
  record Notified(long from, Notification notification) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.NOTIFIED;
    }
  }

  /** The connection to a server's election port has ended: what was said last may be lost. */
  record VoterLost(long sid) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.VOTER_LOST;
    }
  }

  /** Nobody listens at a server's election port: its machine answers, and refuses. */
  record VoterGone(long sid) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.VOTER_GONE;
    }
  }

  /** A learner has connected to the quorum port. */
  record LearnerConnected(long connection) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.LEARNER_CONNECTED;
    }
  }

  /** The dialled leader has answered. */
  record LeaderConnected(int attempt, long connection) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.LEADER_CONNECTED;
    }
  }

  /** The dialled leader could not be reached: refused, timed out, unknown. */
  record LeaderUnreachable(int attempt) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.LEADER_UNREACHABLE;
    }
  }

  /** A packet came in on a connection of the quorum port, dialled or accepted. */
  record Received(long connection, QuorumPacket packet) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.RECEIVED;
    }
  }

  /** Bytes of a packet or a stream that is not complete yet came in: the peer lives. */
  record Progress(long connection) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.PROGRESS;
    }
  }

  /** A connection is gone, whoever closed it. Unknown connections are ignored. */
  record Closed(long connection) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.CLOSED;
    }
  }

  /** The log has everything up to {@code zxid} on disk: only this can cast a vote. */
  record Durable(long zxid) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.DURABLE;
    }
  }

  /**
   * The log could not take what was appended after the last durable transaction and has dropped it.
   * Alone, those proposals can have reached nobody, so they are taken back and their zxids are used
   * again. A member gives up its role; what it had appended and not published is gone.
   */
  record AppendsLost() implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.APPENDS_LOST;
    }
  }

  /** The answer to {@link DiskPort#saveAcceptedEpoch}. */
  record AcceptedEpochSaved(long epoch) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.ACCEPTED_EPOCH_SAVED;
    }
  }

  /** The answer to {@link DiskPort#saveCurrentEpoch}. */
  record CurrentEpochSaved(long epoch) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.CURRENT_EPOCH_SAVED;
    }
  }

  /** An answer to {@link DiskPort#truncate}: log and tree end with {@code zxid}, durably. */
  record Truncated(long zxid) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.TRUNCATED;
    }
  }

  /** The other one: the log does not have {@code zxid}; nothing was changed. */
  record TruncateFailed(long zxid) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.TRUNCATE_FAILED;
    }
  }

  /** An answer to {@link PeerPort#receiveSnapshot}: the stream is the tree, in memory. */
  record SnapshotInstalled(long zxid) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.SNAPSHOT_INSTALLED;
    }
  }

  /** The other one: damaged or cut off; nothing was changed. */
  record SnapshotFailed(long zxid) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.SNAPSHOT_FAILED;
    }
  }

  /** The answer to {@link ReplicaPort#saveSnapshot}. */
  record SnapshotSaved(long zxid) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.SNAPSHOT_SAVED;
    }
  }

  /** The answer to {@link DiskPort#findInLog}. */
  record FoundInLog(long connection, LogPlace place) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.FOUND_IN_LOG;
    }
  }

  /**
   * At a learner: REQUEST or REVALIDATE, for the leader (quorum sheet, section 4.4). Nothing comes
   * of it at one that does not serve: its clients are cut then.
   */
  record Ask(QuorumPacket packet) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.ASK;
    }
  }

  /** At the leader: the answer to a REVALIDATE that was delivered. */
  record Answer(long connection, QuorumPacket packet) implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.ANSWER;
    }
  }

  /**
   * At the leader: a sync is to be answered behind everything proposed so far, and only when it is
   * sure that this server still led when it came.
   *
   * @param connection of the learner that has forwarded it; {@link #OWN} for one of this server's
   *     own clients, of which {@link ReplicaPort#deliver} tells, by SYNC and in order
   */
  record Sync(long connection) implements ZabInput {
    /** Where the syncs of a leader's own clients come from. */
    public static final long OWN = Long.MIN_VALUE;

    @Override
    public Kind kind() {
      return Kind.SYNC;
    }
  }

  /**
   * At the leader: no more syncs are at hand for the moment, so those that have come are to share
   * one confirmation. Of use where {@link Zab#wantsConfirmation} says so.
   */
  record Confirm() implements ZabInput {
    @Override
    public Kind kind() {
      return Kind.CONFIRM;
    }
  }
}

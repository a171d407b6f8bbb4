package io.paddock.zab;

import java.util.Arrays;

/**
 * Atomic broadcast as a state machine: inputs are method calls, outputs go to {@link Effects}; the
 * same inputs give the same outputs. It knows transactions as opaque bytes under a zxid. Confined
 * to one thread.
 *
 * <p>Today it has the path of a quorum of one, by the general rules: a proposal is appended to the
 * log, its own vote is cast when the log says that it is durable and never before ("Zab:
 * High-performance broadcast for primary-backup systems", section III), and it is committed when a
 * quorum of votes has reached it.
 *
 * <pre>
 * role      input            next      effects
 * LOOKING   start            LEADING   became(LEADING)   when this server alone is a quorum
 * LEADING   propose          LEADING   append
 * LEADING   onDurable(z)     LEADING   commit(z)         when a quorum has reached z
 * LEADING   onAppendsLost    LEADING   -                 what was never durable was never proposed
 * </pre>
 */
public final class Zab {
  private final long myId;
  private final Quorum quorum;
  private final Effects effects;
  private final long[] acked;
  private Role role = Role.LOOKING;
  private long lastProposed;
  private long lastCommitted;

  /**
   * @param myId this server's id among {@code quorum}'s voters
   * @param lastLogged the zxid of the last transaction in the log, or of the snapshot if that is
   *     later
   */
  public Zab(long myId, Quorum quorum, long lastLogged, Effects effects) {
    if (quorum.indexOf(myId) < 0) {
      throw new IllegalArgumentException("server " + myId + " has no vote");
    }
    if (quorum.size() > 1) {
      throw new IllegalArgumentException(
          "an ensemble of " + quorum.size() + " voters: only a quorum of one is there yet");
    }
    this.myId = myId;
    this.quorum = quorum;
    this.effects = effects;
    this.acked = new long[quorum.size()];
    Arrays.fill(acked, lastLogged);
    this.lastProposed = lastLogged;
    this.lastCommitted = lastLogged;
  }

  /**
   * Looks for a leader. Alone, a server elects itself and goes on in the epoch of its log, as
   * ZooKeeper's standalone server does: with no rival there is nothing that a new epoch would fence
   * off.
   */
  public void start() {
    role = Role.LEADING;
    effects.became(role);
  }

  public Role role() {
    return role;
  }

  /** The zxid the next proposal must have. */
  public long nextZxid() {
    return lastProposed + 1;
  }

  /** The last zxid that was proposed. */
  public long lastProposed() {
    return lastProposed;
  }

  /** The last zxid that was committed. */
  public long lastCommitted() {
    return lastCommitted;
  }

  /**
   * Proposes a transaction. Zxids have no holes: an Apache server would not start on a log that has
   * one.
   *
   * @param zxid {@link #nextZxid}
   * @throws IllegalStateException when not leading, or out of order
   */
  public void propose(long zxid, byte[] bytes, int from, int length) {
    if (role != Role.LEADING) {
      throw new IllegalStateException("a proposal while " + role);
    }
    if (zxid != nextZxid()) {
      throw new IllegalStateException(
          "proposal 0x" + Long.toHexString(zxid) + " after 0x" + Long.toHexString(lastProposed));
    }
    lastProposed = zxid;
    effects.append(zxid, bytes, from, length);
  }

  /** The log has everything up to {@code zxid} on disk: this server's own vote. */
  public void onDurable(long zxid) {
    if (zxid > lastProposed) {
      throw new IllegalStateException(
          "durable 0x"
              + Long.toHexString(zxid)
              + " was never proposed; last 0x"
              + Long.toHexString(lastProposed));
    }
    onAck(myId, zxid);
  }

  /**
   * The log could not take what was appended after the last durable transaction and has dropped it.
   * Alone, those proposals can have reached nobody, so they are taken back and their zxids are used
   * again.
   */
  public void onAppendsLost() {
    lastProposed = acked[quorum.indexOf(myId)];
  }

  // ---- The inputs of a member of an ensemble. Signatures first; the bodies follow.

  /** A member of an ensemble. */
  public static Zab member(
      long myId,
      DurableState durable,
      EnsembleConfig committed,
      ZabSettings settings,
      MemberEffects effects) {
    throw new UnsupportedOperationException("not there yet");
  }

  /** Starts the member's first election. */
  public void start(long nowMs) {
    throw new UnsupportedOperationException("not there yet");
  }

  /**
   * Lets time pass; all deadlines are looked at here and nowhere else. To be called every 10 to 50
   * ms, and before other inputs when the thread was idle for longer.
   *
   * @param nowMs of a clock that never runs backwards
   */
  public void onTick(long nowMs) {}

  /** A notification came in on the election port. */
  public void onNotification(long from, Notification notification) {}

  /** A learner has connected to the quorum port. */
  public void onLearnerConnected(long connection) {}

  /** The dialled leader has answered. */
  public void onLeaderConnected(int attempt, long connection) {}

  /** The dialled leader could not be reached: refused, timed out, unknown. */
  public void onLeaderUnreachable(int attempt) {}

  /** A packet came in on a connection of the quorum port, dialled or accepted. */
  public void onPacket(long connection, QuorumPacket packet) {}

  /** Bytes of a packet or a stream that is not complete yet came in: the peer lives. */
  public void onProgress(long connection) {}

  /** A connection is gone, whoever closed it. Unknown connections are ignored. */
  public void onClosed(long connection) {}

  /** acceptedEpoch is durable. */
  public void onAcceptedEpochSaved(long epoch) {}

  /** currentEpoch is durable. */
  public void onCurrentEpochSaved(long epoch) {}

  /** Log and tree end with {@code zxid} now, durably. */
  public void onTruncated(long zxid) {}

  /** The log does not have {@code zxid}; nothing was changed. */
  public void onTruncateFailed(long zxid) {}

  /** The stream has become the tree, in memory. */
  public void onSnapshotInstalled(long zxid) {}

  /** The tree is on disk as the snapshot {@code zxid}, and nothing else counts any more. */
  public void onSnapshotSaved(long zxid) {}

  /** The answer to {@link MemberEffects#findInLog}. */
  public void onFoundInLog(long connection, LogPlace place) {}

  /** Whether {@link #propose} may be called: leading, established, not about to step down. */
  public boolean canPropose() {
    return role == Role.LEADING;
  }

  /**
   * At the leader: the sync that a learner forwarded is to be answered behind everything proposed
   * so far.
   */
  public void submitSync(long connection) {}

  /** At the leader: the answer to {@link MemberEffects#revalidate}. */
  public void answerRevalidate(long connection, long sessionId, boolean valid) {}

  /**
   * At a learner that serves: forwards a request to the leader (quorum sheet, section 4.4).
   *
   * @return false when there is no leader to forward it to
   */
  public boolean submitRequest(QuorumPacket.Request request) {
    return false;
  }

  /** At a learner that serves: asks the leader whether a session lives. */
  public boolean submitRevalidate(long sessionId, int timeoutMs) {
    return false;
  }

  /** How far on the way to service. */
  public Phase phase() {
    return role == Role.LEADING ? Phase.BROADCAST : Phase.ELECTION;
  }

  /** The leader this server knows of; -1 while there is none. */
  public long leader() {
    return role == Role.LEADING ? myId : -1;
  }

  /** The configuration in force. */
  public EnsembleConfig committedConfig() {
    return null;
  }

  /** The configuration last proposed; the one in force when none is under way. */
  public EnsembleConfig lastSeenConfig() {
    return null;
  }

  /** At the leader: whether a quorum of {@code config} is connected and synchronised now. */
  public boolean hasSyncedQuorum(EnsembleConfig config) {
    return false;
  }

  private void onAck(long voter, long zxid) {
    int index = quorum.indexOf(voter);
    if (index < 0 || zxid <= acked[index]) {
      return;
    }
    acked[index] = zxid;
    long decided = quorum.decided(acked);
    if (decided > lastCommitted) {
      lastCommitted = decided;
      effects.commit(decided);
    }
  }
}

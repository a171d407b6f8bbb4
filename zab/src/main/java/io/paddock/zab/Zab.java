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

package io.paddock.zab;

import java.util.Arrays;

/**
 * A server that stands alone: a quorum of one, by the rules of the broadcast. It elects itself and
 * goes on in the epoch of its log, as ZooKeeper's standalone server does: with no rival there is
 * nothing that a new epoch would fence off.
 *
 * <pre>
 * role      input            next      effects
 * LOOKING   start            LEADING   became(LEADING)
 * LEADING   propose          LEADING   append
 * LEADING   onDurable(z)     LEADING   commit(z)
 * LEADING   onAppendsLost    LEADING   -            what was never durable was never proposed
 * </pre>
 */
final class Alone implements Standing {
  private final long myId;
  private final Effects effects;
  private final Tally tally;
  private Role role = Role.LOOKING;
  private long lastProposed;
  private long lastCommitted;
  private long lastDurable;

  Alone(long myId, Quorum quorum, long lastLogged, Effects effects) {
    if (!quorum.hasVoter(myId)) {
      throw new IllegalArgumentException("server " + myId + " has no vote");
    }
    if (quorum.size() > 1) {
      throw new IllegalArgumentException(
          "a server alone is a quorum of one, not of " + Arrays.toString(quorum.voters()));
    }
    this.myId = myId;
    this.effects = effects;
    this.tally = new Tally(quorum);
    this.lastProposed = lastLogged;
    this.lastCommitted = lastLogged;
    this.lastDurable = lastLogged;
  }

  @Override
  public void start(long nowMs) {
    role = Role.LEADING;
    effects.became(role);
  }

  @Override
  public Role role() {
    return role;
  }

  @Override
  public long nextZxid() {
    return lastProposed + 1;
  }

  @Override
  public long lastProposed() {
    return lastProposed;
  }

  @Override
  public long lastCommitted() {
    return lastCommitted;
  }

  @Override
  public void propose(long zxid, byte[] bytes, int from, int length) {
    if (role != Role.LEADING) {
      throw new IllegalStateException("a proposal while " + role);
    }
    if (zxid != nextZxid()) {
      throw new IllegalStateException(
          "proposal " + Zxid.text(zxid) + " after " + Zxid.text(lastProposed));
    }
    lastProposed = zxid;
    effects.append(zxid, bytes, from, length);
  }

  @Override
  public void onDurable(long zxid) {
    if (zxid > lastProposed) {
      throw new IllegalStateException(
          "durable " + Zxid.text(zxid) + " was never proposed; last " + Zxid.text(lastProposed));
    }
    lastDurable = Math.max(lastDurable, zxid);
    tally.ack(myId, zxid);
    long decided = tally.decided();
    if (decided > lastCommitted) {
      lastCommitted = decided;
      effects.commit(decided);
    }
  }

  /** Alone, what was not durable can have reached nobody: it is taken back. */
  @Override
  public void onAppendsLost() {
    lastProposed = lastDurable;
  }

  @Override
  public boolean canPropose() {
    return role == Role.LEADING;
  }

  @Override
  public Phase phase() {
    return role == Role.LEADING ? Phase.BROADCAST : Phase.ELECTION;
  }

  @Override
  public long leader() {
    return role == Role.LEADING ? myId : -1;
  }
}

package io.paddock.replica;

import io.paddock.zab.Role;
import java.util.HashMap;
import java.util.Map;

/** Counts what happens to a member. One thread. */
final class MemberCounter {
  private Role role;
  private long roleSinceMs;
  private long leadingSinceMs = -1;
  private long elections;
  private long lookingSinceMs = -1;
  private long proposals;
  private int lastProposalBytes = -1;
  private int proposalBytesMin = -1;
  private int proposalBytesMax = -1;
  private long commits;
  private long proposalsReceived;
  private long commitsReceived;
  private long diffs;
  private long snapshots;
  private long revalidations;
  private long disloyalVoters;
  private CoreMeter meter = CoreMeter.NONE;

  /** The learners that are being brought up, by connection: whether by a snapshot. */
  private final Map<Long, Boolean> syncs = new HashMap<>();

  void countIn(CoreMeter newMeter) {
    meter = newMeter;
  }

  /** What the server is elected to be now; to be told after every step. */
  void elected(Role now, Clock clock) {
    if (now == role) {
      return;
    }
    long nowMs = clock.monotonicMs();
    if (now == Role.LOOKING) {
      elections++;
      lookingSinceMs = lookingSinceMs < 0 ? nowMs : lookingSinceMs;
    } else if (role == Role.LOOKING) {
      meter.took(CoreMeter.Stretch.ELECTION, nowMs - roleSinceMs);
    }
    role = now;
    roleSinceMs = nowMs;
  }

  /** It serves, or has ceased to. */
  void serves(Role now, long nowMs) {
    leadingSinceMs = now == Role.LEADING ? nowMs : -1;
    if (now == Role.LOOKING) {
      syncs.clear();
      return;
    }
    switch (now) {
      case FOLLOWING -> meter.took(CoreMeter.Stretch.FOLLOWER_SYNC, nowMs - roleSinceMs);
      case OBSERVING -> meter.took(CoreMeter.Stretch.OBSERVER_SYNC, nowMs - roleSinceMs);
      case LEADING, LOOKING -> {}
    }
    if (lookingSinceMs >= 0) {
      meter.took(CoreMeter.Stretch.UNAVAILABLE, nowMs - lookingSinceMs);
      if (now == Role.LEADING) {
        meter.took(CoreMeter.Stretch.LEADER_UNAVAILABLE, nowMs - lookingSinceMs);
      }
      lookingSinceMs = -1;
    }
  }

  /** A transaction was logged, this server's own proposal or a leader's. */
  void logged(int bytes, boolean own) {
    if (!own) {
      proposalsReceived++;
      return;
    }
    proposals++;
    lastProposalBytes = bytes;
    proposalBytesMin = proposalBytesMin < 0 ? bytes : Math.min(proposalBytesMin, bytes);
    proposalBytesMax = Math.max(proposalBytesMax, bytes);
  }

  void committed(boolean own) {
    if (own) {
      commits++;
    } else {
      commitsReceived++;
    }
  }

  /** A learner is being brought up by transactions. */
  void sendsDiff(long connection) {
    diffs++;
    syncBegins(connection, false);
  }

  /** A learner has been brought up. */
  void broughtUp(long connection) {
    syncs.remove(connection);
  }

  void sendsSnapshot(long connection) {
    snapshots++;
    syncBegins(connection, true);
  }

  private void syncBegins(long connection, boolean snapshot) {
    syncs.put(connection, snapshot);
    int underWay = (int) syncs.values().stream().filter(by -> by == snapshot).count();
    meter.syncBegins(snapshot, underWay);
  }

  /** A connection with a learner or leader is gone. */
  void closed(long connection) {
    syncs.remove(connection);
  }

  /** It gives up leading before it did, since a voter wants another. */
  void disloyalVoter() {
    disloyalVoters++;
  }

  void revalidated() {
    revalidations++;
  }

  /** How long this server has led; 0 when it does not lead. */
  long leadingForMs(long nowMs) {
    return leadingSinceMs < 0 ? 0 : nowMs - leadingSinceMs;
  }

  MemberFigures.Counts counts() {
    return new MemberFigures.Counts(
        elections,
        proposals,
        lastProposalBytes,
        proposalBytesMin,
        proposalBytesMax,
        commits,
        proposalsReceived,
        commitsReceived,
        diffs,
        snapshots,
        revalidations,
        disloyalVoters);
  }
}

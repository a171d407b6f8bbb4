package io.paddock.replica;

import io.paddock.replica.MemberFigures.Spread;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Role;

/** Counts what happens to a member. One thread. */
final class MemberCounter {
  private Role role;
  private long roleSinceMs;
  private long leadingSinceMs = -1;
  private long elections;
  private Spread electionMs = Spread.EMPTY;
  private Spread followerSyncMs = Spread.EMPTY;
  private Spread observerSyncMs = Spread.EMPTY;
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

  /** What the server is elected to be now; to be told after every step. */
  void elected(Role now, Clock clock) {
    if (now == role) {
      return;
    }
    long nowMs = clock.monotonicMs();
    if (now == Role.LOOKING) {
      elections++;
    } else if (role == Role.LOOKING) {
      electionMs = electionMs.plus(nowMs - roleSinceMs);
    }
    role = now;
    roleSinceMs = nowMs;
  }

  /** It serves, or has ceased to. */
  void serves(Role now, long nowMs) {
    leadingSinceMs = now == Role.LEADING ? nowMs : -1;
    switch (now) {
      case FOLLOWING -> followerSyncMs = followerSyncMs.plus(nowMs - roleSinceMs);
      case OBSERVING -> observerSyncMs = observerSyncMs.plus(nowMs - roleSinceMs);
      case LEADING, LOOKING -> {}
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

  void sent(QuorumPacket packet) {
    if (packet.kind() == QuorumPacket.Kind.DIFF) {
      diffs++;
    }
  }

  void sentSnapshot() {
    snapshots++;
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
        electionMs,
        followerSyncMs,
        observerSyncMs,
        proposals,
        lastProposalBytes,
        proposalBytesMin,
        proposalBytesMax,
        commits,
        proposalsReceived,
        commitsReceived,
        diffs,
        snapshots,
        revalidations);
  }
}

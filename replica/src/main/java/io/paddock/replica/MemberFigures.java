package io.paddock.replica;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.LearnerFigures;
import io.paddock.zab.Phase;
import io.paddock.zab.Role;
import java.util.List;
import java.util.Map;

/**
 * A member of an ensemble, for people to look at.
 *
 * @param role what it was elected to be
 * @param phase how far it is on the way to that
 * @param leader the leader it knows of; -1 while there is none
 * @param currentEpoch of the last leader whose history it took over
 * @param config the configuration in force
 * @param learners a leader's
 * @param pendingSyncs that wait at a leader
 * @param leadingForMs how long it has led; 0 when it does not lead
 * @param localSessions those that only this server knows, by the monotonic time at which they
 *     expire
 * @param counts what has happened since the start
 */
public record MemberFigures(
    Role role,
    Phase phase,
    long leader,
    long currentEpoch,
    EnsembleConfig config,
    List<LearnerFigures> learners,
    int pendingSyncs,
    long leadingForMs,
    Map<Long, List<Long>> localSessions,
    Counts counts) {

  /**
   * What has happened since the start.
   *
   * @param elections that began
   * @param proposals that it made
   * @param lastProposalBytes -1 when there was none
   * @param proposalBytesMin -1 when there was none
   * @param proposalBytesMax -1 when there was none
   * @param commits of its proposals
   * @param proposalsReceived from a leader
   * @param commitsReceived from a leader
   * @param diffs learners that were brought up by transactions
   * @param snapshots learners that were brought up by a snapshot
   * @param revalidations of sessions that came to learners
   * @param disloyalVoters for which it gave up to lead before it did
   */
  public record Counts(
      long elections,
      long proposals,
      int lastProposalBytes,
      int proposalBytesMin,
      int proposalBytesMax,
      long commits,
      long proposalsReceived,
      long commitsReceived,
      long diffs,
      long snapshots,
      long revalidations,
      long disloyalVoters) {
    /** Of a server alone. */
    public static final Counts NONE = new Counts(0, 0, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0);
  }
}

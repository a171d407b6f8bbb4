package io.paddock.zab;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;

/**
 * Who votes, and which sets of voters decide (quorum sheet, section 1.1): more than half of them,
 * or, with groups, more than half of the weight in more than half of the groups that have any.
 * Immutable.
 */
public final class Quorum {
  private final long[] voters;

  /** By voter: its group's index and its weight. Null when every voter counts the same. */
  private final int[] groups;

  private final long[] weights;
  private final long[] groupWeights;
  private final int groupsWithWeight;

  private Quorum(long[] voters, int[] groups, long[] weights, long[] groupWeights) {
    this.voters = voters;
    this.groups = groups;
    this.weights = weights;
    this.groupWeights = groupWeights;
    this.groupsWithWeight =
        groups == null ? 0 : (int) Arrays.stream(groupWeights).filter(w -> w > 0).count();
  }

  /** A majority of {@code voters}, which must not be empty. */
  public static Quorum majority(Collection<Long> voters) {
    return new Quorum(sorted(voters), null, null, null);
  }

  /**
   * Hierarchical quorums. Who is in a group without a vote, such as an observer, makes the group
   * harder to win by its weight.
   *
   * @param groupOf the group of each voter, and of others
   * @param weightOf their weights
   */
  public static Quorum hierarchical(
      Collection<Long> voterIds, Map<Long, Long> groupOf, Map<Long, Long> weightOf) {
    long[] voters = sorted(voterIds);
    long[] names =
        groupOf.values().stream().mapToLong(Long::longValue).distinct().sorted().toArray();
    int[] groups = new int[voters.length];
    long[] weights = new long[voters.length];
    long[] groupWeights = new long[names.length];
    for (int i = 0; i < voters.length; i++) {
      groups[i] = Arrays.binarySearch(names, groupOf.get(voters[i]));
      weights[i] = weightOf.get(voters[i]);
    }
    groupOf.forEach(
        (sid, group) -> groupWeights[Arrays.binarySearch(names, group)] += weightOf.get(sid));
    return new Quorum(voters, groups, weights, groupWeights);
  }

  private static long[] sorted(Collection<Long> voters) {
    if (voters.isEmpty()) {
      throw new IllegalArgumentException("a quorum needs a voter");
    }
    return voters.stream().mapToLong(Long::longValue).distinct().sorted().toArray();
  }

  /** How many vote. */
  public int size() {
    return voters.length;
  }

  /** Whether {@code sid} has a vote. */
  public boolean hasVoter(long sid) {
    return indexOf(sid) >= 0;
  }

  /** The voters' ids, ascending. */
  public long[] voters() {
    return voters.clone();
  }

  /** The weight of a voter's vote: 1 without groups. */
  long weight(long sid) {
    int index = indexOf(sid);
    return index < 0 ? 0 : weights == null ? 1 : weights[index];
  }

  /** The place of {@code sid} among the voters; negative when it has no vote. */
  int indexOf(long sid) {
    return Arrays.binarySearch(voters, sid);
  }

  /** Whether those voters of whom {@code has} holds decide. */
  public boolean isReached(LongPredicate has) {
    if (groups == null) {
      int count = 0;
      for (long voter : voters) {
        count += has.test(voter) ? 1 : 0;
      }
      return count > voters.length / 2;
    }
    long[] sums = new long[groupWeights.length];
    for (int i = 0; i < voters.length; i++) {
      sums[groups[i]] += has.test(voters[i]) ? weights[i] : 0;
    }
    int won = 0;
    for (int g = 0; g < sums.length; g++) {
      won += sums[g] > groupWeights[g] / 2 ? 1 : 0;
    }
    return won > groupsWithWeight / 2;
  }

  /** The highest zxid that a quorum has acknowledged: everything up to it may be committed. */
  long decided(LongUnaryOperator ackedBy) {
    long[] acked = new long[voters.length];
    for (int i = 0; i < voters.length; i++) {
      acked[i] = ackedBy.applyAsLong(voters[i]);
    }
    return decided(acked);
  }

  /**
   * The highest zxid that a quorum has acknowledged, where {@code acked[i]} is the highest that
   * voter i has.
   */
  long decided(long[] acked) {
    if (acked.length == 1) {
      return acked[0];
    }
    long[] sorted = acked.clone();
    Arrays.sort(sorted);
    if (groups == null) {
      return sorted[(sorted.length - 1) / 2];
    }
    for (int i = sorted.length - 1; i >= 0; i--) {
      long zxid = sorted[i];
      if (isReached(voter -> acked[indexOf(voter)] >= zxid)) {
        return zxid;
      }
    }
    // Nobody has any weight: no set decides.
    return Long.MIN_VALUE;
  }
}

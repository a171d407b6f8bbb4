package io.paddock.zab;

import java.util.Arrays;
import java.util.Collection;

/**
 * Who votes, and which sets of voters decide: more than half of them (quorum sheet, section 1.1).
 * Immutable.
 */
public final class Quorum {
  private final long[] voters;

  private Quorum(long[] voters) {
    this.voters = voters;
  }

  /** A majority of {@code voters}, which must not be empty. */
  public static Quorum majority(Collection<Long> voters) {
    if (voters.isEmpty()) {
      throw new IllegalArgumentException("a quorum needs a voter");
    }
    return new Quorum(voters.stream().mapToLong(Long::longValue).distinct().sorted().toArray());
  }

  /** The quorum of a server that stands alone. */
  public static Quorum ofOne(long voter) {
    return new Quorum(new long[] {voter});
  }

  public int size() {
    return voters.length;
  }

  /** The place of {@code sid} among the voters; negative when it has no vote. */
  int indexOf(long sid) {
    return Arrays.binarySearch(voters, sid);
  }

  /**
   * The highest zxid that a quorum has acknowledged, where {@code acked[i]} is the highest that
   * voter i has: everything up to it may be committed.
   */
  long decided(long[] acked) {
    if (acked.length == 1) {
      return acked[0];
    }
    long[] sorted = acked.clone();
    Arrays.sort(sorted);
    return sorted[(sorted.length - 1) / 2];
  }
}

package io.paddock.zab;

/**
 * What {@link Zab} asks of a member's disk beside appends. Everything happens in the order of the
 * calls, behind what was appended before, which is forced first. Each call is answered, when the
 * outcome is on disk, by an input of nearly the same name; never from within the call.
 */
public interface DiskPort {
  /**
   * Saves acceptedEpoch; {@link ZabInput.AcceptedEpochSaved} follows once it is durable. Asked for
   * again after {@link ZabInput.AppendsLost}: then it is to follow once the log, too, has room
   * again.
   */
  void saveAcceptedEpoch(long epoch);

  /** Saves currentEpoch; {@link ZabInput.CurrentEpochSaved} follows once it is durable. */
  void saveCurrentEpoch(long epoch);

  /**
   * Cuts everything after {@code zxid} from log and tree, durably. {@link ZabInput.Truncated}
   * follows when log and tree both end with exactly this zxid; {@link ZabInput.TruncateFailed},
   * with nothing changed, when the log does not have it.
   */
  void truncate(long zxid);

  /**
   * Asks where {@code zxid} stands in the log on disk (quorum sheet, section 3.6, rule 5); to be
   * answered by {@link ZabInput.FoundInLog}.
   */
  void findInLog(long connection, long zxid);
}

package io.paddock.zab;

/**
 * What {@link Zab} asks of the world, in the order in which it is to happen. Called by the thread
 * that called Zab, before that call returns. This much a server alone needs; a member of an
 * ensemble needs {@link MemberEffects}.
 */
public interface Effects {
  /**
   * Appends a transaction to the log. Once it is on disk, {@link Zab#onDurable} is to be called
   * with its zxid; appends become durable in order, so one call may speak for many. What is
   * appended waits for its decision, across roles too: {@link #commit}, or one of {@link
   * MemberEffects#truncate} and {@link MemberEffects#installSnapshot}, which drop it.
   *
   * @param bytes the array that holds the transaction; it may change after the call
   */
  void append(long zxid, byte[] bytes, int from, int length);

  /**
   * Everything up to {@code zxid} is decided: deliver what has not been delivered yet, in order. At
   * a member the first call after a start, or after a role's end, may tell nothing new.
   */
  void commit(long zxid);

  /**
   * The role has changed. LEADING: this server may propose and serve from now on. FOLLOWING,
   * OBSERVING: it may serve, its log and tree agree with the leader's. LOOKING: nothing is served;
   * the outcome of what clients have asked and not heard of is unknown.
   */
  void became(Role role);
}

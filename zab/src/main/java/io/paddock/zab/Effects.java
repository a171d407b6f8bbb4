package io.paddock.zab;

/**
 * What {@link Zab} asks of the world, in the order in which it is to happen. Called by the thread
 * that called Zab, before that call returns.
 */
public interface Effects {
  /**
   * Appends a transaction to the log. Once it is on disk, {@link Zab#onDurable} is to be called
   * with its zxid; appends become durable in order, so one call may speak for many.
   *
   * @param bytes the array that holds the transaction; it may change after the call
   */
  void append(long zxid, byte[] bytes, int from, int length);

  /**
   * Everything up to {@code zxid} is decided: deliver what has not been delivered yet, in order.
   */
  void commit(long zxid);

  /** The role has changed; a leader may propose from now on. */
  void became(Role role);
}

package io.paddock.replica;

/**
 * What a frontend may ask of the core. May be called by any client loop; answers come on the feed,
 * in order.
 */
public interface Core {
  /**
   * Hands over a request. Its answer is a {@link FeedItem} with this submission, except that a
   * request of a session that is gone is dropped without one (client protocol sheet, section 2.7).
   */
  void submit(Submission submission);

  /** A frame of this session's client has come in: its timeout starts anew. */
  void touch(long sessionId, int timeoutMs);

  /**
   * Requests at the core that are not answered yet, those on their way to it included. Any thread.
   */
  default int outstanding() {
    return 0;
  }

  /** Which clients are let in. Any thread. */
  default Service service() {
    return Service.FULL;
  }
}

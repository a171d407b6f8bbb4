package io.paddock.tasks;

/**
 * A candidate in an election of one leader or several, as Curator's {@code LeaderLatch}, which may
 * stand for the same election when there is one leader. Leaders stay so for as long as their
 * sessions live; then whoever has waited longest is next.
 *
 * <pre>
 *   try (LeaderElection election =
 *       LeaderElection.connect("localhost:2181", "/services/report", "host-7", 1)) {
 *     if (election.await(60_000)) {
 *       election.lost().thenAccept(reason -&gt; stopLeading());
 *       lead(election.fence());
 *     }
 *   }
 * </pre>
 *
 * <p>For one thread, but {@link #lost}, {@link #close} and the getters, which are for any.
 */
public final class LeaderElection extends QueuedZnode {
  private LeaderElection(
      String connect, String path, String id, int leaders, int sessionTimeoutMs) {
    super(connect, path, "latch-", id, leaders, sessionTimeoutMs);
  }

  /**
   * Stands for election, with a session timeout of 10 s.
   *
   * @param path the election's znode, created if missing
   * @param id what others read of who it is, free text
   * @param leaders how many are elected, the same for all candidates; at least 1
   * @throws TasksException when no server answers or the path is none
   */
  public static LeaderElection connect(String connect, String path, String id, int leaders) {
    return new LeaderElection(connect, path, id, leaders, SESSION_MS);
  }

  /**
   * Stands for election.
   *
   * @param path the election's znode, created if missing
   * @param id what others read of who it is, free text
   * @param leaders how many are elected, the same for all candidates; at least 1
   * @param sessionTimeoutMs what servers are asked for; after that without contact the next leads
   * @throws TasksException when no server answers or the path is none
   */
  public static LeaderElection connect(
      String connect, String path, String id, int leaders, int sessionTimeoutMs) {
    return new LeaderElection(connect, path, id, leaders, sessionTimeoutMs);
  }
}

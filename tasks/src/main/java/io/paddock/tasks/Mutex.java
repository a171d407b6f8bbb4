package io.paddock.tasks;

/**
 * A fair lock between processes, as Curator's {@code InterProcessMutex}, which may queue on the
 * same path. Whoever came first has it first, for as long as its session lives.
 *
 * <pre>
 *   try (Mutex mutex = Mutex.connect("localhost:2181", "/locks/report", "host-7")) {
 *     if (mutex.await(60_000)) {
 *       mutex.lost().thenAccept(reason -&gt; stopWriting());
 *       write(mutex.fence());
 *     }
 *   }
 * </pre>
 *
 * <p>For one thread, but {@link #lost}, {@link #close} and the getters, which are for any. It is
 * locked once: to lock again, connect again.
 */
public final class Mutex extends QueuedZnode {
  private Mutex(String connect, String path, String holder, int sessionTimeoutMs) {
    super(connect, path, "lock-", holder, 1, sessionTimeoutMs);
  }

  /**
   * Queues for the lock, with a session timeout of 10 s.
   *
   * @param path the lock's znode, created if missing
   * @param holder what others read of who has it, free text
   * @throws TasksException when no server answers or the path is none
   */
  public static Mutex connect(String connect, String path, String holder) {
    return new Mutex(connect, path, holder, SESSION_MS);
  }

  /**
   * Queues for the lock.
   *
   * @param path the lock's znode, created if missing
   * @param holder what others read of who has it, free text
   * @param sessionTimeoutMs what servers are asked for; after that without contact the next has it
   * @throws TasksException when no server answers or the path is none
   */
  public static Mutex connect(String connect, String path, String holder, int sessionTimeoutMs) {
    return new Mutex(connect, path, holder, sessionTimeoutMs);
  }
}

package io.paddock.machine;

import io.paddock.config.TlsConfig;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that do what takes long in handshakes: keys, certificates. */
public final class TlsThreads {
  private static final int THREADS_MAX = 4;

  /** These wait for others: for lists of revoked certificates, for names of addresses. */
  private static final int WAITING_THREADS = 16;

  private TlsThreads() {}

  /**
   * Starts them; they are daemons. What waits for them is not bounded here: it is one task for each
   * handshake under way, and those are to be bounded.
   *
   * @param name of the threads
   */
  public static ExecutorService start(TlsConfig config, Guard guard, String name) {
    boolean waits = config.asksForRevocation() || config.reverseDnsLookup() && !config.fips();
    int threads =
        waits ? WAITING_THREADS : Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
    ThreadPoolExecutor tasks =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> guard.daemon(work, name));
    // Made now: later there may be none.
    tasks.prestartAllCoreThreads();
    return tasks;
  }
}

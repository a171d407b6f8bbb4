package io.paddock.machine;

import io.paddock.config.CauseWords;
import io.paddock.config.PurgeConfig;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retention by the clock: removes old snapshots and logs at the start and then every few hours, on
 * a thread of its own.
 */
public final class PurgeSchedule implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PurgeSchedule.class);

  /** What removes the files, such as the journal. */
  public interface Purger {
    /** The names of the files removed. */
    List<String> purge() throws IOException;
  }

  private final Purger purger;
  private final ScheduledExecutorService thread;

  private PurgeSchedule(Purger purger, ScheduledExecutorService thread) {
    this.purger = purger;
    this.thread = thread;
  }

  /** Begins to purge, unless that is switched off. */
  public static PurgeSchedule start(PurgeConfig config, Purger purger, Guard guard) {
    if (!config.enabled()) {
      LOG.info("autopurge.purgeInterval is 0: old snapshots and logs are never removed");
      return new PurgeSchedule(purger, null);
    }
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = guard.daemon(task, "paddock-purge");
              made.setPriority(Thread.MIN_PRIORITY);
              return made;
            });
    PurgeSchedule schedule = new PurgeSchedule(purger, thread);
    thread.scheduleAtFixedRate(guard.of(schedule::run), 0, config.intervalHours(), TimeUnit.HOURS);
    return schedule;
  }

  /** One purge; a failure is logged, and the next one comes all the same. */
  void run() {
    try {
      List<String> removed = purger.purge();
      if (!removed.isEmpty()) {
        LOG.info("Purged {} old files: {}", removed.size(), String.join(", ", removed));
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "Old snapshots and logs could not be removed; the next try follows: {}",
          CauseWords.of(e));
    }
  }

  /** Ends it; a purge that is under way is waited for. */
  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("A purge is still under way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

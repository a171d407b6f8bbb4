package io.paddock.machine;

import io.paddock.config.PauseConfig;
import io.paddock.metrics.EventSummary;
import io.paddock.metrics.ServerMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the whole process stood still, by garbage collection or because the machine was busy
 * elsewhere: it sleeps, and looks how much longer that took than asked for.
 */
public final class PauseMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PauseMonitor.class);

  private final PauseConfig config;
  private final ServerMetrics metrics;
  private final Thread thread;

  PauseMonitor(PauseConfig config, ServerMetrics metrics, Guard guard) {
    this.config = config;
    this.metrics = metrics;
    this.thread = guard.daemon(this::run, "paddock-pause-monitor");
  }

  /** Begins to watch, if that is switched on. */
  public static PauseMonitor start(PauseConfig config, ServerMetrics metrics, Guard guard) {
    PauseMonitor monitor = new PauseMonitor(config, metrics, guard);
    if (config.enabled()) {
      monitor.thread.start();
    }
    return monitor;
  }

  private void run() {
    try {
      while (true) {
        long before = System.nanoTime();
        Thread.sleep(config.sleepMs());
        slept((System.nanoTime() - before) / 1_000_000);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Notes that a sleep took so many milliseconds. */
  void slept(long ms) {
    long pause = Math.max(0, ms - config.sleepMs());
    metrics.record(EventSummary.JVM_PAUSE_TIME_MS, pause);
    if (pause >= config.warnMs()) {
      LOG.warn(
          "The process stood still for about {} ms: garbage collection, or a busy machine", pause);
    } else if (pause >= config.infoMs()) {
      LOG.info(
          "The process stood still for about {} ms: garbage collection, or a busy machine", pause);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

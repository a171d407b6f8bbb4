package io.paddock.server;

import io.paddock.machine.Guard;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a server of which something was thrown in some thread, so that nobody knows what was left
 * undone. There may be no memory for a single object more by then, so what must be done is done
 * first, the thread that stops it is made beforehand, and words come last. Any thread may call.
 */
final class FailureStop {
  private static final Logger LOG = LoggerFactory.getLogger(FailureStop.class);

  private final ServerMetrics metrics;
  private final Runnable silence;
  private final Runnable onFailure;
  private final Supplier<String> account;
  private final Thread stopper;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final CountDownLatch toStop = new CountDownLatch(1);
  private volatile boolean serving;
  private volatile boolean stopped;

  /**
   * @param silence has the server answer nobody any more
   * @param onFailure told once, if the server had served
   * @param stop closes the server
   * @param account which files were lost, for the log
   */
  FailureStop(
      ServerMetrics metrics,
      Runnable silence,
      Runnable onFailure,
      Runnable stop,
      Supplier<String> account) {
    this.metrics = metrics;
    this.silence = silence;
    this.onFailure = onFailure;
    this.account = account;
    this.stopper = new Guard(this::fail).daemon(() -> stopWhenFailed(stop), "paddock-stop");
  }

  void start() {
    stopper.start();
  }

  /**
   * The server serves from now on, so that a failure stops it.
   *
   * @return false if it has failed already
   */
  boolean serve() {
    serving = true;
    return !failed.get();
  }

  /** The server stops by itself: what is thrown from now on is no failure. */
  void stopping() {
    stopped = true;
    serving = false;
    toStop.countDown();
  }

  void fail(Throwable cause) {
    if (stopped) {
      LOG.debug("A failure while the server stops", cause);
      return;
    }
    if (!failed.compareAndSet(false, true)) {
      return;
    }
    boolean served = serving;
    serving = false;
    silence.run();
    try {
      tell(cause, served);
    } finally {
      if (served) {
        try {
          onFailure.run();
        } finally {
          toStop.countDown();
        }
      }
    }
  }

  private void tell(Throwable cause, boolean served) {
    try {
      if (!served) {
        LOG.error("The server failed while it started", cause);
        return;
      }
      metrics.count(EventCounter.UNRECOVERABLE_ERROR_COUNT);
      LOG.error(
          "The server stops, because it cannot vouch for its state any more: {}. {}{}",
          cause.toString(),
          account.get(),
          cause instanceof OutOfMemoryError
              ? ". It needs more memory than it may have: raise ZK_SERVER_HEAP or -Xmx"
              : "",
          cause);
    } catch (OutOfMemoryError e) {
      // Not told, for want of memory; but it ends.
    }
  }

  private void stopWhenFailed(Runnable stop) {
    try {
      toStop.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Or it has stopped already.
    stop.run();
  }
}

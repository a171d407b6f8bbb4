package io.paddock.tasks;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooKeeper;

/**
 * One session that something is held by, and the knowledge of whether it may still be held.
 *
 * <p>A server lets a session expire when it has heard nothing from it for the whole of its timeout.
 * So this asks something small each eighth of the timeout, and counts from the moment when it sent
 * the last question that was answered: after three quarters of the timeout the session counts as
 * lost, before anybody else can hold what it held, as long as this process itself runs. Any thread
 * may call its methods.
 */
final class HeldSession implements AutoCloseable {
  private static final int BEATS = 8;
  private static final int SILENT_BEATS_MAX = 6;

  private final ZooKeeper zk;
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private final CountDownLatch connected = new CountDownLatch(1);
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("session-clock"));
  private volatile long confirmed;

  private HeldSession(String connect, int sessionTimeoutMs) throws IOException {
    zk = new ZooKeeper(connect, sessionTimeoutMs, this::heard);
  }

  /**
   * Opens a session; creates the chroot if there is one and it is missing.
   *
   * @param sessionTimeoutMs what to ask for, in milliseconds; servers bound it
   * @param connectTimeoutMs how long to try, in milliseconds
   * @throws TasksException with {@link ExitCode#UNREACHABLE} when nobody answers
   */
  static HeldSession open(String connect, int sessionTimeoutMs, int connectTimeoutMs) {
    int slash = connect.indexOf('/');
    if (slash >= 0) {
      String servers = connect.substring(0, slash);
      EnsembleConnection.createChroot(
          servers, connect.substring(slash), sessionTimeoutMs, connectTimeoutMs);
    }
    HeldSession held;
    try {
      held = new HeldSession(connect, sessionTimeoutMs);
    } catch (IOException | IllegalArgumentException e) {
      throw new TasksException(
          ExitCode.USAGE, "no connect string (host:port,...[/chroot]): " + connect, e);
    }
    try {
      if (held.connected.await(connectTimeoutMs, TimeUnit.MILLISECONDS)) {
        held.start();
        return held;
      }
    } catch (InterruptedException e) {
      held.close();
      throw RetryDelay.interrupted(e);
    }
    held.close();
    throw Unreachable.of(connect);
  }

  private void heard(WatchedEvent event) {
    if (event.getType() != EventType.None) {
      return;
    }
    switch (event.getState()) {
      case SyncConnected, ConnectedReadOnly -> connected.countDown();
      case Expired, AuthFailed, Closed ->
          lost.complete("the session is over: " + event.getState().name().toLowerCase(Locale.ROOT));
      default -> {} // the time since the last answer decides
    }
  }

  private void start() {
    confirmed = System.nanoTime();
    long pauseMs = Math.max(1, zk.getSessionTimeout() / BEATS);
    clock.scheduleAtFixedRate(this::beat, pauseMs, pauseMs, TimeUnit.MILLISECONDS);
  }

  private void beat() {
    long now = System.nanoTime();
    long silentMs = TimeUnit.NANOSECONDS.toMillis(now - confirmed);
    if (silentMs >= zk.getSessionTimeout() * SILENT_BEATS_MAX / BEATS) {
      lost.complete("no server answered for " + silentMs + " ms");
      return;
    }
    AsyncCallback.StatCallback answered =
        (rc, path, context, stat) -> {
          if (rc == Code.OK.intValue() || rc == Code.NONODE.intValue()) {
            confirmed = now; // answers come in the order of the questions
          }
        };
    zk.exists("/", false, answered, null);
  }

  ZooKeeper zk() {
    return zk;
  }

  /** Completes, with the reason, when what is held by this session must be given up. */
  CompletableFuture<String> lost() {
    return lost;
  }

  /** Gives everything up: the session ends on the server too, if it can be reached. */
  @Override
  public void close() {
    clock.shutdownNow();
    try {
      zk.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

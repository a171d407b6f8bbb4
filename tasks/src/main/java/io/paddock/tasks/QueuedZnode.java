package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * An ephemeral sequential znode in the queue of a {@link Mutex} or a {@link LeaderElection}.
 *
 * <p>The smallest {@code holders} sequence numbers hold what the queue is for. The one right behind
 * them watches them; each other watches only the one before it, so that an end wakes one and not
 * all. With more than one holder, whoever becomes one writes so into its znode, which tells the one
 * behind that it is first in line now. The znodes are named as Curator names those of its {@code
 * InterProcessMutex} and {@code LeaderLatch}.
 *
 * <p>For one thread, but {@link #lost}, {@link #close} and the getters, which are for any.
 */
abstract sealed class QueuedZnode implements AutoCloseable permits Mutex, LeaderElection {
  /** What servers are asked for, in milliseconds, unless told otherwise. */
  static final int SESSION_MS = 10_000;

  private static final int CONNECT_MS = 15_000;
  private static final int DIGITS = 10;
  private static final byte[] ELECTED = "elected ".getBytes(StandardCharsets.UTF_8);

  private final HeldSession session;
  private final String path;
  private final String prefix;
  private final byte[] data;
  private final int holders;
  private final Semaphore news = new Semaphore(0);
  private final Watcher watcher =
      event -> {
        if (event.getType() != Watcher.Event.EventType.None) {
          news();
        }
      };
  private String name;
  private volatile Stat stat;
  private volatile boolean taken;

  /**
   * Queues.
   *
   * @param path the queue's znode, created if missing
   * @param kind what the znode's name holds before its number
   * @param holder what others read of who it is, free text
   * @param holders how many there are at once, the same for all in the queue; at least 1
   * @throws TasksException when no server answers or the path is none
   */
  QueuedZnode(
      String connect, String path, String kind, String holder, int holders, int sessionTimeoutMs) {
    requirePath(path);
    if (holders < 1) {
      throw new TasksException(ExitCode.USAGE, "at least one is to be elected, not " + holders);
    }
    this.path = path;
    this.prefix = "_c_" + UUID.randomUUID() + "-" + kind;
    this.data = holder.getBytes(StandardCharsets.UTF_8);
    this.holders = holders;
    this.session = HeldSession.open(connect, sessionTimeoutMs, CONNECT_MS);
    session.lost().thenAccept(reason -> news());
    try {
      EnsembleConnection.create(session.zk(), path, true);
      queue();
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  static void requirePath(String path) {
    try {
      org.apache.zookeeper.common.PathUtils.validatePath(path);
    } catch (IllegalArgumentException e) {
      throw new TasksException(ExitCode.USAGE, "no path: " + path + ": " + e.getMessage(), e);
    }
    if (path.equals("/")) {
      throw new TasksException(ExitCode.USAGE, "the root is no place for this: give a path");
    }
  }

  /** Creates the znode, once: after a lost answer it is looked for by its random name. */
  private void queue() {
    RetryDelay delay = new RetryDelay();
    while (true) {
      try {
        for (String child : session.zk().getChildren(path, false)) {
          if (child.startsWith(prefix)) {
            name = child;
            stat = session.zk().exists(path + "/" + name, false);
            return;
          }
        }
        session
            .zk()
            .create(
                path + "/" + prefix, data, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL);
      } catch (KeeperException.ConnectionLossException e) {
        delay.pause(e);
      } catch (KeeperException e) {
        throw RetryingRequests.failed(e);
      } catch (InterruptedException e) {
        throw RetryDelay.interrupted(e);
      }
    }
  }

  /**
   * Waits until this holds the lock, or is elected.
   *
   * @param timeoutMs how long, in milliseconds
   * @return whether it does; false too when the session was lost
   */
  public boolean await(long timeoutMs) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    while (!session.lost().isDone()) {
      try {
        if (taken || look()) {
          return true;
        }
        long left = end - System.nanoTime();
        if (left <= 0 || !news.tryAcquire(left, TimeUnit.NANOSECONDS)) {
          return false;
        }
        news.drainPermits();
      } catch (KeeperException.ConnectionLossException e) {
        pause();
      } catch (KeeperException e) {
        if (!session.lost().isDone()) {
          throw RetryingRequests.failed(e);
        }
      } catch (InterruptedException e) {
        throw RetryDelay.interrupted(e);
      }
    }
    return false;
  }

  /** Whether this holds it; if not, whatever may change that is watched. */
  private boolean look() throws KeeperException, InterruptedException {
    ZooKeeper zk = session.zk();
    while (true) {
      List<String> queue = queue(zk);
      int rank = queue.indexOf(name);
      if (rank < 0) {
        throw new TasksException(ExitCode.LOST, path + "/" + name + " was removed by somebody");
      }
      if (rank < holders) {
        return take(zk);
      }
      int from = rank == holders ? 0 : rank - 1;
      boolean complete = true;
      for (String before : queue.subList(from, rank)) {
        complete &= watch(zk, before, rank == holders);
      }
      if (complete) {
        return false;
      }
    }
  }

  /** Those in line, oldest first; others' znodes that carry no number are none of the queue. */
  private List<String> queue(ZooKeeper zk) throws KeeperException, InterruptedException {
    return zk.getChildren(path, false).stream()
        .filter(child -> child.matches(".*-\\d{" + DIGITS + "}"))
        .sorted(Comparator.comparing(child -> child.substring(child.length() - DIGITS)))
        .toList();
  }

  /** Watches one that is before; false when the queue has moved since it was read. */
  private boolean watch(ZooKeeper zk, String before, boolean holds)
      throws KeeperException, InterruptedException {
    try {
      byte[] said = zk.getData(path + "/" + before, watcher, null);
      return holds || !startsWith(said, ELECTED);
    } catch (KeeperException.NoNodeException e) {
      return false;
    }
  }

  private boolean take(ZooKeeper zk) throws KeeperException, InterruptedException {
    if (holders > 1) {
      byte[] said = new byte[ELECTED.length + data.length];
      System.arraycopy(ELECTED, 0, said, 0, ELECTED.length);
      System.arraycopy(data, 0, said, ELECTED.length, data.length);
      zk.setData(path + "/" + name, said, -1);
    }
    // Its own znode too: whoever removes it takes away what is held.
    Watcher own =
        event -> {
          if (event.getType() == Watcher.Event.EventType.NodeDeleted) {
            session.lost().complete(path + "/" + name + " was removed by somebody");
          }
        };
    taken = zk.exists(path + "/" + name, own) != null;
    return taken;
  }

  private static boolean startsWith(byte[] all, byte[] start) {
    return all != null
        && all.length >= start.length
        && java.util.Arrays.equals(all, 0, start.length, start, 0, start.length);
  }

  private void pause() {
    try {
      news.tryAcquire(100, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw RetryDelay.interrupted(e);
    }
  }

  private void news() {
    news.release();
  }

  /** The path of its znode. */
  public String znode() {
    return path + "/" + name;
  }

  /**
   * A fencing token: a number that is greater for each later holder, the zxid that created its
   * znode. A store that refuses smaller numbers than the greatest it has seen is safe even from a
   * holder that was stopped and goes on too late.
   */
  public long fence() {
    return stat.getCzxid();
  }

  /** Completes, with the reason, when what was held must be given up, or waiting is in vain. */
  public CompletableFuture<String> lost() {
    return session.lost();
  }

  /** For tests, which take its session away. */
  ZooKeeper zk() {
    return session.zk();
  }

  /** Gives it up: the next one has it. */
  @Override
  public void close() {
    session.close();
  }
}

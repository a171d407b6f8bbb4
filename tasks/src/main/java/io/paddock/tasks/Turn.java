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
 * A turn in a queue of ephemeral sequential znodes: a candidacy in an election, or a fair lock.
 *
 * <pre>
 *   try (Turn turn = Turn.lock("localhost:2181", "/locks/report", "host-7")) {
 *     if (turn.await(60_000)) {
 *       turn.lost().thenAccept(reason -&gt; stopWriting());
 *       write(turn.fence());
 *     }
 *   }
 * </pre>
 *
 * <p>The smallest {@code seats} sequence numbers have it. The one right behind them watches them;
 * each other watches only the one before it, so that an end wakes one and not all. With more than
 * one seat, whoever takes one writes so into its znode, which tells the one behind that it is first
 * in line now. The znodes are named as Curator names those of its {@code InterProcessMutex} and
 * {@code LeaderLatch}, which may stand in the same queue as a lock or an election with one seat.
 *
 * <p>For one thread, but {@link #lost}, {@link #close} and the getters, which are for any.
 */
public final class Turn implements AutoCloseable {
  /** What servers are asked for, in milliseconds, unless told otherwise. */
  public static final int SESSION_MS = 10_000;

  private static final int CONNECT_MS = 15_000;
  private static final int DIGITS = 10;
  private static final String LOCK = "lock-";
  private static final String LATCH = "latch-";
  private static final byte[] ELECTED = "elected ".getBytes(StandardCharsets.UTF_8);

  private final HeldSession session;
  private final String path;
  private final String prefix;
  private final byte[] data;
  private final int seats;
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

  private Turn(HeldSession session, String path, String kind, String holder, int seats) {
    this.session = session;
    this.path = path;
    this.prefix = "_c_" + UUID.randomUUID() + "-" + kind;
    this.data = holder.getBytes(StandardCharsets.UTF_8);
    this.seats = seats;
    session.lost().thenAccept(reason -> news());
  }

  /**
   * Queues for a lock.
   *
   * @param path the lock's znode, created if missing
   * @param holder what others read of who has it, free text
   * @throws TasksException when no server answers or the path is none
   */
  public static Turn lock(String connect, String path, String holder) {
    return enter(connect, path, LOCK, holder, 1, SESSION_MS);
  }

  /**
   * Stands for election.
   *
   * @param path the election's znode, created if missing
   * @param holder what others read of who it is, free text
   * @param masters how many are elected, the same for all candidates; at least 1
   * @throws TasksException when no server answers or the path is none
   */
  public static Turn candidate(String connect, String path, String holder, int masters) {
    return enter(connect, path, LATCH, holder, masters, SESSION_MS);
  }

  static Turn candidate(
      String connect, String path, String holder, int masters, int sessionTimeoutMs) {
    return enter(connect, path, LATCH, holder, masters, sessionTimeoutMs);
  }

  static Turn lock(String connect, String path, String holder, int sessionTimeoutMs) {
    return enter(connect, path, LOCK, holder, 1, sessionTimeoutMs);
  }

  private static Turn enter(
      String connect, String path, String kind, String holder, int seats, int timeoutMs) {
    requirePath(path);
    if (seats < 1) {
      throw new TasksException(ExitCode.USAGE, "at least one is to be elected, not " + seats);
    }
    HeldSession session = HeldSession.open(connect, timeoutMs, CONNECT_MS);
    Turn turn = new Turn(session, path, kind, holder, seats);
    try {
      Ensemble.create(session.zk(), path, true);
      turn.queue();
      return turn;
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
    Patience patience = new Patience();
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
        patience.pause(e);
      } catch (KeeperException e) {
        throw Requests.failed(e);
      } catch (InterruptedException e) {
        throw Patience.interrupted(e);
      }
    }
  }

  /**
   * Waits for the turn.
   *
   * @param patienceMs how long, in milliseconds
   * @return whether it has come; false too when the session was lost
   */
  public boolean await(long patienceMs) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
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
          throw Requests.failed(e);
        }
      } catch (InterruptedException e) {
        throw Patience.interrupted(e);
      }
    }
    return false;
  }

  /** Whether the turn has come; if not, whatever may change that is watched. */
  private boolean look() throws KeeperException, InterruptedException {
    ZooKeeper zk = session.zk();
    while (true) {
      List<String> queue = queue(zk);
      int rank = queue.indexOf(name);
      if (rank < 0) {
        throw new TasksException(ExitCode.LOST, path + "/" + name + " was removed by somebody");
      }
      if (rank < seats) {
        return take(zk);
      }
      int from = rank == seats ? 0 : rank - 1;
      boolean complete = true;
      for (String before : queue.subList(from, rank)) {
        complete &= watch(zk, before, rank == seats);
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
  private boolean watch(ZooKeeper zk, String before, boolean seated)
      throws KeeperException, InterruptedException {
    try {
      byte[] said = zk.getData(path + "/" + before, watcher, null);
      return seated || !startsWith(said, ELECTED);
    } catch (KeeperException.NoNodeException e) {
      return false;
    }
  }

  private boolean take(ZooKeeper zk) throws KeeperException, InterruptedException {
    if (seats > 1) {
      byte[] said = new byte[ELECTED.length + data.length];
      System.arraycopy(ELECTED, 0, said, 0, ELECTED.length);
      System.arraycopy(data, 0, said, ELECTED.length, data.length);
      zk.setData(path + "/" + name, said, -1);
    }
    // Its own znode too: a person may remove it, and the turn with it.
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
      throw Patience.interrupted(e);
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
   * A number that is greater for each later turn in this queue: the zxid that created its znode. A
   * store that refuses smaller numbers than the greatest it has seen is safe even from a holder
   * that was stopped and goes on too late.
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

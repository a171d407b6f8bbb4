package io.paddock.tasks;

import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/** Connects to a ZooKeeper ensemble, Paddock's or Apache's, by its connect string. */
final class EnsembleConnection {
  private static final int RETRY_FIRST_MS = 50;
  private static final int RETRIES = 5;

  private EnsembleConnection() {}

  /**
   * Connects, and creates the chroot if there is one and it is missing.
   *
   * @param connect {@code host:port,...[/chroot]}
   * @param sessionTimeoutMs what to ask for, in milliseconds; servers bound it
   * @param connectTimeoutMs how long to try, in milliseconds
   * @throws TasksException with {@link ExitCode#UNREACHABLE} when nobody answers
   */
  static CuratorFramework connect(String connect, int sessionTimeoutMs, int connectTimeoutMs) {
    int slash = connect.indexOf('/');
    if (slash >= 0) {
      createChroot(
          connect.substring(0, slash),
          connect.substring(slash),
          sessionTimeoutMs,
          connectTimeoutMs);
    }
    return open(connect, sessionTimeoutMs, connectTimeoutMs);
  }

  private static CuratorFramework open(String connect, int sessionTimeoutMs, int connectTimeoutMs) {
    CuratorFramework curator;
    try {
      curator =
          CuratorFrameworkFactory.builder()
              .connectString(connect)
              .sessionTimeoutMs(sessionTimeoutMs)
              .connectionTimeoutMs(Math.max(1, Math.min(connectTimeoutMs, sessionTimeoutMs)))
              .retryPolicy(new ExponentialBackoffRetry(RETRY_FIRST_MS, RETRIES))
              .dontUseContainerParents()
              .build();
      curator.start();
    } catch (IllegalArgumentException e) {
      throw new TasksException(
          ExitCode.USAGE, "no connect string (host:port,...[/chroot]): " + connect, e);
    }
    boolean connected = false;
    try {
      connected = curator.blockUntilConnected(connectTimeoutMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!connected) {
        curator.close();
      }
    }
    if (!connected) {
      throw Unreachable.of(connect);
    }
    return curator;
  }

  static void createChroot(
      String servers, String chroot, int sessionTimeoutMs, int connectTimeoutMs) {
    try (CuratorFramework root = open(servers, sessionTimeoutMs, connectTimeoutMs)) {
      create(new RetryingRequests(root).session().zk(), chroot, true);
    }
  }

  /**
   * The session's own handle: what is sent through it dies with the session, as a fence must.
   *
   * @throws KeeperException while there is no connection
   */
  static ZooKeeper handle(CuratorFramework curator) throws KeeperException {
    try {
      return curator.getZookeeperClient().getZooKeeper();
    } catch (KeeperException e) {
      throw e;
    } catch (Exception e) {
      KeeperException lost = new KeeperException.ConnectionLossException();
      lost.initCause(e);
      throw lost;
    }
  }

  /** Creates those of the layout's parents that are missing. */
  static void createLayout(ZooKeeper zk) {
    for (String path : Layout.PARENTS) {
      create(zk, path, false);
    }
  }

  /**
   * Creates a persistent znode if it is missing, its parents too if asked; waits out disconnection.
   */
  static void create(ZooKeeper zk, String path, boolean parents) {
    int slash = path.lastIndexOf('/');
    if (parents && slash > 0) {
      create(zk, path.substring(0, slash), true);
    }
    RetryDelay delay = new RetryDelay();
    while (true) {
      try {
        if (zk.exists(path, false) == null) {
          zk.create(path, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
        return;
      } catch (KeeperException.NodeExistsException e) {
        return;
      } catch (KeeperException.ConnectionLossException e) {
        delay.pause(e);
      } catch (KeeperException e) {
        throw new TasksException(ExitCode.FAILED, "creating " + path + ": " + e.getMessage(), e);
      } catch (InterruptedException e) {
        throw RetryDelay.interrupted(e);
      }
    }
  }
}

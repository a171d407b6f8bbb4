package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;

/**
 * A piece of configuration in one znode, pushed to all who watch it. Any thread may call its
 * methods; they wait while the connection is away, up to two minutes.
 */
public final class SharedConfig implements AutoCloseable {
  private static final int SESSION_MS = 10_000;
  private static final int CONNECT_MS = 15_000;
  private static final int ANY = -1;

  /**
   * The configuration at one time.
   *
   * @param path its znode
   * @param value its text; null when there is no such znode
   * @param version 0 for the first value, one more with each further; -1 when there is none
   * @param changed when it was set, in milliseconds since 1970
   */
  public record Value(String path, String value, int version, long changed) {
    static Value of(String path, byte[] data, Stat stat) {
      String text = data == null ? "" : new String(data, StandardCharsets.UTF_8);
      return new Value(path, text, stat.getVersion(), stat.getMtime());
    }

    static Value none(String path) {
      return new Value(path, null, -1, 0);
    }
  }

  private final CuratorFramework curator;
  private final RetryingRequests requests;
  private final String path;
  private CuratorCache cache;

  private SharedConfig(CuratorFramework curator, String path) {
    this.curator = curator;
    this.requests = new RetryingRequests(curator);
    this.path = path;
  }

  /**
   * Connects.
   *
   * @param connect {@code host:port,...[/chroot]}
   * @throws TasksException when no server answers or the path is none
   */
  public static SharedConfig connect(String connect, String path) {
    QueuedZnode.requirePath(path);
    return new SharedConfig(EnsembleConnection.connect(connect, SESSION_MS, CONNECT_MS), path);
  }

  /** What it is now. */
  public Value get() {
    ZnodeData node = requests.get(path);
    return node == null ? Value.none(path) : Value.of(path, node.data(), node.stat());
  }

  /**
   * Sets it whatever it is; creates the znode and its parents if they are missing.
   *
   * @return the new version
   */
  public int set(String value) {
    byte[] data = value.getBytes(StandardCharsets.UTF_8);
    RetryDelay delay = new RetryDelay();
    while (true) {
      try {
        return requests.session().zk().setData(path, data, ANY).getVersion();
      } catch (KeeperException.NoNodeException e) {
        if (created(data, delay)) {
          return 0;
        }
      } catch (KeeperException.ConnectionLossException
          | KeeperException.SessionExpiredException e) {
        delay.pause(e);
      } catch (KeeperException e) {
        throw RetryingRequests.failed(e);
      } catch (InterruptedException e) {
        throw RetryDelay.interrupted(e);
      }
    }
  }

  /**
   * Sets it if it still is what the caller knows.
   *
   * @param version the version that is known, -1 for none yet
   * @return the new version
   * @throws TasksException with {@link ExitCode#CONFLICT} when somebody was faster; also when the
   *     connection broke and what came of it cannot be known
   */
  public int set(String value, int version) {
    byte[] data = value.getBytes(StandardCharsets.UTF_8);
    try {
      if (version >= 0) {
        return requests.session().zk().setData(path, data, version).getVersion();
      }
      if (created(data, new RetryDelay())) {
        return 0;
      }
    } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
      // Told below, with what there is.
    } catch (KeeperException.ConnectionLossException | KeeperException.SessionExpiredException e) {
      throw new TasksException(
          ExitCode.CONFLICT, "the connection broke; whether " + path + " was set is not known", e);
    } catch (KeeperException e) {
      throw RetryingRequests.failed(e);
    } catch (InterruptedException e) {
      throw RetryDelay.interrupted(e);
    }
    Value now = get();
    String known = version < 0 ? "no value" : "version " + version;
    String is = now.value() == null ? "there is none" : "it is at version " + now.version();
    throw new TasksException(ExitCode.CONFLICT, path + ": expected " + known + ", " + is);
  }

  private boolean created(byte[] data, RetryDelay delay) {
    int slash = path.lastIndexOf('/');
    if (slash > 0) {
      EnsembleConnection.create(requests.session().zk(), path.substring(0, slash), true);
    }
    try {
      requests.session().zk().create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      return true;
    } catch (KeeperException.NodeExistsException e) {
      return false;
    } catch (KeeperException.ConnectionLossException | KeeperException.SessionExpiredException e) {
      delay.pause(e);
      return false;
    } catch (KeeperException e) {
      throw RetryingRequests.failed(e);
    } catch (InterruptedException e) {
      throw RetryDelay.interrupted(e);
    }
  }

  /**
   * Pushes what it is now and each later change, in order, on one thread of the client's, until
   * this is closed. Of changes that follow each other very fast, some may be left out; the last
   * never is, also after the connection was away or the session was lost.
   *
   * @param told gets a value of null when the znode is removed or not there yet
   */
  public synchronized void watch(Consumer<Value> told) {
    if (cache != null) {
      throw new IllegalStateException("watched already");
    }
    cache = CuratorCache.build(curator, path, CuratorCache.Options.SINGLE_NODE_CACHE);
    cache.listenable().addListener(new Listener(path, told));
    cache.start();
  }

  private record Listener(String path, Consumer<Value> told) implements CuratorCacheListener {
    @Override
    public void event(Type type, ChildData before, ChildData now) {
      told.accept(now == null ? Value.none(path) : Value.of(path, now.getData(), now.getStat()));
    }

    @Override
    public void initialized() {}
  }

  @Override
  public synchronized void close() {
    if (cache != null) {
      cache.close();
    }
    curator.close();
  }
}

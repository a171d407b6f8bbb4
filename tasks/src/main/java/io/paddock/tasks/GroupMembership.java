package io.paddock.tasks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group whose members are the ephemeral znodes below a path, as Curator's {@code GroupMember}.
 * Any thread may call its methods.
 */
public final class GroupMembership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupMembership.class);
  private static final int CONNECT_MS = 15_000;
  private static final long AGAIN_MS = 100;

  /**
   * A member as seen at one time.
   *
   * @param name its znode's name
   * @param data what it says of itself
   * @param since when it joined, in milliseconds since 1970
   */
  public record Member(String name, String data, long since) {}

  private final CuratorFramework curator;
  private final RetryingRequests requests;
  private final String path;
  private final int sessionTimeoutMs;
  private final ScheduledExecutorService keeper =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("membership"));
  private CuratorCache cache;
  private volatile String joined;

  private GroupMembership(CuratorFramework curator, String path, int sessionTimeoutMs) {
    this.curator = curator;
    this.requests = new RetryingRequests(curator);
    this.path = path;
    this.sessionTimeoutMs = sessionTimeoutMs;
  }

  /**
   * Connects; creates the group's znode if it is missing.
   *
   * @param connect {@code host:port,...[/chroot]}
   * @param sessionTimeoutMs after how long without contact a member of ours is gone, in
   *     milliseconds
   * @throws TasksException when no server answers or the path is none
   */
  public static GroupMembership connect(String connect, String path, int sessionTimeoutMs) {
    QueuedZnode.requirePath(path);
    CuratorFramework curator = EnsembleConnection.connect(connect, sessionTimeoutMs, CONNECT_MS);
    GroupMembership group = new GroupMembership(curator, path, sessionTimeoutMs);
    EnsembleConnection.create(group.requests.session().zk(), path, true);
    return group;
  }

  /** For tests, which take its session away. */
  CuratorFramework curator() {
    return curator;
  }

  /**
   * Joins, and joins anew whenever the session is lost, until this is closed. A znode of that name
   * that a former run has left behind is waited for, as long as its session may last.
   *
   * @param name the member's name, unique in the group
   * @param data what it says of itself
   * @throws TasksException with {@link ExitCode#CONFLICT} when somebody else has that name
   */
  public void join(String name, String data) {
    QueuedZnode.requirePath(path + "/" + name);
    if (name.contains("/")) {
      throw new TasksException(ExitCode.USAGE, "a member's name has no slash: " + name);
    }
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2L * sessionTimeoutMs);
    RetryDelay delay = new RetryDelay();
    while (!present(name, bytes)) {
      if (System.nanoTime() > end) {
        throw new TasksException(
            ExitCode.CONFLICT, "there is a member " + name + " in " + path + " already");
      }
      delay.pause(new IllegalStateException(name + " is taken"));
    }
    joined = name;
    curator
        .getConnectionStateListenable()
        .addListener(
            (client, state) -> {
              if (state == ConnectionState.RECONNECTED) {
                keeper.execute(() -> rejoin(name, bytes));
              }
            });
  }

  private void rejoin(String name, byte[] data) {
    boolean there = false;
    try {
      there = present(name, data);
    } catch (TasksException e) {
      LOG.warn("member {}: {}", name, e.getMessage());
    }
    if (!there && !keeper.isShutdown()) {
      keeper.schedule(() -> rejoin(name, data), AGAIN_MS, TimeUnit.MILLISECONDS);
    }
  }

  /** Whether the znode is there and this session's own; creates it if it is not there. */
  private boolean present(String name, byte[] data) {
    String own = path + "/" + name;
    ZooKeeper zk = requests.session().zk();
    try {
      Stat stat = zk.exists(own, false);
      if (stat == null) {
        zk.create(own, data, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        return true;
      }
      return stat.getEphemeralOwner() == zk.getSessionId();
    } catch (KeeperException.NodeExistsException
        | KeeperException.ConnectionLossException
        | KeeperException.SessionExpiredException e) {
      return false; // looked at again soon
    } catch (KeeperException.NoNodeException e) {
      EnsembleConnection.create(zk, path, true); // the group's own znode was removed
      return false;
    } catch (KeeperException e) {
      throw RetryingRequests.failed(e);
    } catch (InterruptedException e) {
      throw RetryDelay.interrupted(e);
    }
  }

  /** The name it has joined under, or null. */
  public String joined() {
    return joined;
  }

  /** Who is in the group now, by name. */
  public List<Member> members() {
    TreeMap<String, Member> members = new TreeMap<>();
    List<String> names = requests.ask(session -> session.children(path));
    for (String name : names == null ? List.<String>of() : names) {
      ZnodeData node = requests.get(path + "/" + name);
      if (node != null) {
        members.put(name, member(name, node.data(), node.stat()));
      }
    }
    return List.copyOf(members.values());
  }

  private static Member member(String name, byte[] data, Stat stat) {
    String text = data == null ? "" : new String(data, StandardCharsets.UTF_8);
    return new Member(name, text, stat.getCtime());
  }

  /** What happened in a group. */
  public enum EventType {
    /** A member joined, or was there when watching began. */
    JOINED,
    /** A member says something else of itself. */
    CHANGED,
    /** A member left or was lost. */
    LEFT
  }

  /** Is told of what happens in a group. */
  @FunctionalInterface
  public interface Listener {
    /** Tells of one event; in order, on one thread of the client's. */
    void changed(EventType type, Member member);
  }

  /** Tells of all members and then of each change, until this is closed. */
  public synchronized void watch(Listener listener) {
    if (cache != null) {
      throw new IllegalStateException("watched already");
    }
    cache = CuratorCache.build(curator, path);
    CuratorCacheListener events =
        CuratorCacheListener.builder()
            .forCreates(direct(data -> listener.changed(EventType.JOINED, of(data))))
            .forChanges(
                (before, now) ->
                    direct(data -> listener.changed(EventType.CHANGED, of(data))).accept(now))
            .forDeletes(direct(data -> listener.changed(EventType.LEFT, of(data))))
            .build();
    cache.listenable().addListener(events);
    cache.start();
  }

  /** Leaves out the group's znode itself, and whatever is below a member. */
  private Consumer<ChildData> direct(Consumer<ChildData> told) {
    return data -> {
      String child = data.getPath();
      if (child.length() > path.length() && child.lastIndexOf('/') == path.length()) {
        told.accept(data);
      }
    };
  }

  private static Member of(ChildData data) {
    return member(Layout.name(data.getPath()), data.getData(), data.getStat());
  }

  /** Leaves. */
  @Override
  public synchronized void close() {
    keeper.shutdownNow();
    if (cache != null) {
      cache.close();
    }
    curator.close();
  }
}

package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * A user with the official client and all servers in its connect string, who has one session with
 * an ephemeral and watches for as long as the ensemble is worked on, and wants to notice nothing.
 */
final class Tenant implements AutoCloseable {
  private static final int SESSION_MS = 60_000;
  private static final int TRIES = 60;
  private static final String HOME = "/tenant";
  private static final String EPHEMERAL = HOME + "/here";
  private static final String WATCHED = HOME + "/watched";
  private static final String BELOW = HOME + "/below";

  private final ZooKeeper zk;
  private final long session;
  private final AtomicInteger changes = new AtomicInteger();
  private final Set<String> created = ConcurrentHashMap.newKeySet();
  private final Set<KeeperState> states = ConcurrentHashMap.newKeySet();
  private int visits;

  Tenant(String connectString) throws IOException {
    zk = new ZooKeeper(connectString, SESSION_MS, event -> states.add(event.getState()));
    RecordedLoad.await("connection of the tenant", () -> zk.getState().isConnected());
    session = zk.getSessionId();
    create(zk, HOME, CreateMode.PERSISTENT);
    create(zk, WATCHED, CreateMode.PERSISTENT);
    create(zk, BELOW, CreateMode.PERSISTENT);
    create(zk, EPHEMERAL, CreateMode.EPHEMERAL);
    patiently(
        () -> {
          zk.addWatch(BELOW, this::below, AddWatchMode.PERSISTENT_RECURSIVE);
          return null;
        });
    arm();
  }

  /** A request that is repeated while its connection is lost. */
  private interface Request<T> {
    T run() throws KeeperException, InterruptedException;
  }

  private static <T> T patiently(Request<T> request) {
    for (int i = 1; ; i++) {
      try {
        return request.run();
      } catch (KeeperException.ConnectionLossException lost) {
        assertThat(i).as("tries").isLessThan(TRIES);
        try {
          Thread.sleep(100);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      } catch (KeeperException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void create(ZooKeeper by, String path, CreateMode mode) {
    patiently(
        () -> {
          try {
            return by.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
          } catch (KeeperException.NodeExistsException atAnEarlierTry) {
            return path;
          }
        });
  }

  private void arm() {
    patiently(() -> zk.getData(WATCHED, this::changed, null));
  }

  private void changed(WatchedEvent event) {
    if (event.getType() == EventType.NodeDataChanged) {
      changes.incrementAndGet();
    }
  }

  private void below(WatchedEvent event) {
    if (event.getType() == EventType.NodeCreated) {
      created.add(event.getPath());
    }
  }

  /** A visitor at one server looks after the tenant, and stirs its watches. */
  void visit(String server) throws IOException, InterruptedException {
    int visit = ++visits;
    int changesBefore = changes.get();
    try (ZooKeeper visitor = new ZooKeeper(server, SESSION_MS, event -> {})) {
      RecordedLoad.await("connection of a visitor", () -> visitor.getState().isConnected());
      visitor.sync(HOME, (code, path, context) -> {}, null);
      Stat stat = patiently(() -> visitor.exists(EPHEMERAL, false));
      assertThat(stat).as("the tenant's ephemeral, at %s", server).isNotNull();
      assertThat(stat.getEphemeralOwner()).isEqualTo(session);
      byte[] data = Integer.toString(visit).getBytes(StandardCharsets.UTF_8);
      patiently(() -> visitor.setData(WATCHED, data, -1));
      RecordedLoad.await("event of a change", () -> changes.get() > changesBefore);
      arm();
      // A change while the tenant is between two servers is no event of a persistent watch.
      for (int i = 1; !isHeardOf(visitor, BELOW + "/" + visit + "-" + i); i++) {
        assertThat(i).as("creations without an event").isLessThan(5);
      }
    }
    assertHome();
  }

  private boolean isHeardOf(ZooKeeper visitor, String path) throws InterruptedException {
    create(visitor, path, CreateMode.PERSISTENT);
    for (int i = 0; i < 200 && !created.contains(path); i++) {
      Thread.sleep(50);
    }
    return created.contains(path);
  }

  /** It has its first session still. */
  void assertHome() {
    assertThat(states).doesNotContain(KeeperState.Expired);
    assertThat(zk.getSessionId()).isEqualTo(session);
    assertThat(patiently(() -> zk.exists(EPHEMERAL, false))).isNotNull();
  }

  @Override
  public void close() throws InterruptedException {
    zk.close();
  }
}

package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.AsyncCallback.StatCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The leader is killed under the load of clients of the two other servers, who notice nothing but a
 * pause: no connection is lost, no write is lost or done twice, no watch is missed. {@code
 * -Dleader.kills=N} kills N leaders, {@code -Dleader.clients=N} gives so many clients.
 */
class LeaderDeathTest {
  private static final int KILLS = Integer.getInteger("leader.kills", 2);
  private static final int CLIENTS = Integer.getInteger("leader.clients", 200);

  /** Where one death is seen. */
  private static final int FEW_CLIENTS = Math.min(CLIENTS, 40);

  private static final int SESSION_MS = 60_000;
  private static final int WRITES = 5;
  private static final List<String> SETTINGS =
      List.of(
          "tickTime=1000",
          "initLimit=20",
          "syncLimit=10",
          "maxSessionTimeout=60000",
          "maxClientCnxns=0");

  @Test
  void clientsOfTheOtherServersNoticeNothingWhenTheLeaderDies() throws Exception {
    try (EnsembleProcesses ensemble = new EnsembleProcesses(new LoopbackLinks(3), 3, 0, SETTINGS)) {
      ensemble.all().forEach(i -> ensemble.start(i, PADDOCK));
      ensemble.awaitServing(ensemble.all());
      for (int kill = 1; kill <= KILLS; kill++) {
        killLeader(ensemble, kill);
      }
    }
  }

  /** It had clients itself, and is a follower when it wakes. */
  @Test
  void clientsOfALeaderThatStandsStillUntilItIsReplacedGoOnWithIt() throws Exception {
    List<String> settings = new ArrayList<>(SETTINGS);
    settings.remove("syncLimit=10");
    settings.add("syncLimit=2");
    try (EnsembleProcesses ensemble = new EnsembleProcesses(new LoopbackLinks(3), 3, 0, settings)) {
      ensemble.all().forEach(i -> ensemble.start(i, PADDOCK));
      ensemble.awaitServing(ensemble.all());
      int leader = ensemble.awaitLeader();
      try (Clients clients = new Clients(ensemble, ensemble.all(), "/frozen", FEW_CLIENTS)) {
        clients.awaitWrites();
        ensemble.freeze(leader);
        try {
          ensemble.await("another leader", () -> leadsBut(ensemble, leader));
        } finally {
          ensemble.thaw(leader);
        }
        clients.awaitWrites();
        clients.assertUndisturbed();
        assertThat(ensemble.mode(leader)).isEqualTo("follower");
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }

  private static boolean leadsBut(EnsembleProcesses ensemble, int leader) {
    return ensemble.all().stream().anyMatch(i -> i != leader && ensemble.mode(i).equals("leader"));
  }

  @Test
  void kazooStaysWhenTheLeaderDies(@TempDir Path dir) throws Exception {
    OtherClients clients = new OtherClients(dir);
    staysWhenTheLeaderDies(clients, clients.kazoo("kazoo_stays.py"));
  }

  @Test
  void theCClientStaysWhenTheLeaderDies(@TempDir Path dir) throws Exception {
    OtherClients clients = new OtherClients(dir);
    staysWhenTheLeaderDies(clients, clients.c("c_stays.c"));
  }

  private static void staysWhenTheLeaderDies(OtherClients clients, List<String> program)
      throws Exception {
    try (EnsembleProcesses ensemble = new EnsembleProcesses(new LoopbackLinks(3), 3, 0, SETTINGS)) {
      ensemble.all().forEach(i -> ensemble.start(i, PADDOCK));
      ensemble.awaitServing(ensemble.all());
      int leader = ensemble.awaitLeader();
      int other = leader == 1 ? 2 : 1;
      OtherClients.Running running = clients.start(program, ensemble.connectString(other));
      try {
        ensemble.await(
            "the client's first writes: " + running.printed(),
            () -> running.printed().contains("ready") || !running.process().isAlive());
        ensemble.kill(leader);
        ensemble.awaitServing(List.of(other));
        ensemble.awaitLeader();
        OtherClients.Ended ended = running.end();
        assertThat(ended.output()).as(ensemble.tails()).isEqualTo("ready\nok\n");
        assertThat(ended.status()).isZero();
      } finally {
        running.process().destroyForcibly();
      }
    }
  }

  /** Of the voters only the leader is a Paddock, so an Apache leads after it. */
  @Test
  void clientsOfAPaddockGoOnUnderAnApacheLeader() throws Exception {
    try (EnsembleProcesses ensemble = new EnsembleProcesses(new LoopbackLinks(4), 3, 1, SETTINGS)) {
      ensemble.start(2, APACHE);
      ensemble.start(3, PADDOCK);
      ensemble.awaitServing(List.of(2, 3));
      ensemble.start(1, APACHE);
      ensemble.start(4, PADDOCK);
      ensemble.awaitServing(ensemble.all());
      assertThat(ensemble.awaitLeader()).isEqualTo(3);
      try (Clients clients = new Clients(ensemble, List.of(4), "/mixed", FEW_CLIENTS)) {
        clients.awaitWrites();
        ensemble.kill(3);
        clients.awaitWrites();
        clients.assertUndisturbed();
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }

  private static void killLeader(EnsembleProcesses ensemble, int kill) throws Exception {
    int leader = ensemble.awaitLeader();
    List<Integer> others = new ArrayList<>(ensemble.all());
    others.remove(Integer.valueOf(leader));
    try (Clients clients = new Clients(ensemble, others, "/k" + kill, CLIENTS);
        Lock lock = new Lock(ensemble.connectString(others.get(0)), "/lock" + kill)) {
      clients.awaitWrites();
      long killedNanos = System.nanoTime();
      ensemble.kill(leader);
      clients.awaitWrites();
      System.out.printf(
          "kill %d: %d clients had their next writes after %d ms%n",
          kill, CLIENTS, (System.nanoTime() - killedNanos) / 1_000_000);
      clients.assertUndisturbed();
      lock.assertHeld();
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
    }
    ensemble.restart(leader);
    ensemble.awaitServing(ensemble.all());
  }

  /** A holder of Curator's lock. */
  private static final class Lock implements AutoCloseable {
    private final ConcurrentLinkedQueue<ConnectionState> states = new ConcurrentLinkedQueue<>();
    private final CuratorFramework curator;
    private final InterProcessMutex mutex;

    Lock(String connectString, String path) throws Exception {
      curator =
          CuratorFrameworkFactory.builder()
              .connectString(connectString)
              .sessionTimeoutMs(SESSION_MS)
              .retryPolicy(new RetryOneTime(100))
              .build();
      curator.getConnectionStateListenable().addListener((client, state) -> states.add(state));
      curator.start();
      mutex = new InterProcessMutex(curator, path);
      mutex.acquire();
    }

    void assertHeld() throws Exception {
      assertThat(curator.checkExists().forPath("/")).isNotNull();
      assertThat(states).containsOnly(ConnectionState.CONNECTED);
      assertThat(mutex.isAcquiredInThisProcess()).isTrue();
      mutex.release();
    }

    @Override
    public void close() {
      curator.close();
    }
  }

  /** Clients that write all the time, each to its own ephemeral znode, which it also watches. */
  private static final class Clients implements AutoCloseable {
    private final List<Client> all = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();

    Clients(EnsembleProcesses ensemble, List<Integer> servers, String root, int count)
        throws Exception {
      for (int i = 0; i < count; i++) {
        String server = ensemble.connectString(servers.get(i % servers.size()));
        all.add(new Client(server, root + "-" + i, stopped));
      }
      for (Client client : all) {
        client.begin();
      }
    }

    /** Each has some writes more acknowledged. */
    void awaitWrites() {
      int[] before = all.stream().mapToInt(client -> client.writes.get()).toArray();
      RecordedLoad.await(
          "writes of every client",
          () -> {
            for (int i = 0; i < before.length; i++) {
              Client client = all.get(i);
              if (client.writes.get() < before[i] + WRITES && client.troubles.isEmpty()) {
                return false;
              }
            }
            return true;
          });
    }

    void assertUndisturbed() throws Exception {
      stopped.set(true);
      List<String> troubles = new ArrayList<>();
      for (Client client : all) {
        client.end();
        troubles.addAll(client.troubles);
      }
      assertThat(troubles).isEmpty();
    }

    @Override
    public void close() throws Exception {
      stopped.set(true);
      for (Client client : all) {
        client.zk.close();
      }
    }
  }

  private static final class Client implements StatCallback {
    private final ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicBoolean idle = new AtomicBoolean();
    private final String path;
    private final AtomicBoolean stopped;
    private final ZooKeeper zk;

    Client(String server, String path, AtomicBoolean stopped) throws IOException {
      this.path = path;
      this.stopped = stopped;
      this.zk = new ZooKeeper(server, SESSION_MS, this::told);
    }

    private void told(WatchedEvent event) {
      if (event.getType() == EventType.NodeDataChanged) {
        events.incrementAndGet();
      } else if (event.getState() != KeeperState.SyncConnected) {
        troubles.add(path + " hears " + event.getState());
      }
    }

    void begin() throws Exception {
      RecordedLoad.await("a connection", () -> zk.getState().isConnected());
      zk.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
      zk.addWatch(path, org.apache.zookeeper.AddWatchMode.PERSISTENT);
      write();
    }

    private void write() {
      zk.setData(path, new byte[16], -1, this, null);
    }

    @Override
    public void processResult(
        int rc, String at, Object context, org.apache.zookeeper.data.Stat stat) {
      if (rc != 0) {
        troubles.add(path + " is answered " + rc);
        idle.set(true);
        return;
      }
      if (stat.getVersion() != writes.incrementAndGet()) {
        troubles.add(
            path + " has version " + stat.getVersion() + " after " + writes.get() + " writes");
      }
      if (stopped.get()) {
        idle.set(true);
      } else {
        write();
      }
    }

    /** Every write was done once, and every one was told. */
    void end() throws Exception {
      RecordedLoad.await("the last answer", idle::get);
      if (troubles.isEmpty()) {
        int version = zk.exists(path, false).getVersion();
        if (version != writes.get() || events.get() != version) {
          troubles.add(
              "%s has version %d after %d writes and %d events"
                  .formatted(path, version, writes.get(), events.get()));
        }
      }
    }
  }
}

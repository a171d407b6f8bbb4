package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.recipes.cache.TreeCache;
import org.apache.curator.framework.recipes.cache.TreeCacheEvent;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.nodes.PersistentTtlNode;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.retry.RetryNTimes;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Curator's recipes, which lean on nearly everything the server promises. */
@Timeout(60)
class CuratorTest {

  private ServerUnderTest server;
  private final List<CuratorFramework> clients = new ArrayList<>();
  private final ExecutorService pool = Executors.newCachedThreadPool();

  @BeforeEach
  void start() {
    server = Contender.subject().start(ServerSpec.standard());
  }

  @AfterEach
  void stop() {
    pool.shutdownNow();
    clients.forEach(CuratorFramework::close);
    server.close();
  }

  private CuratorFramework client() {
    CuratorFramework client =
        CuratorFrameworkFactory.newClient(
            server.connectString(), 30_000, 10_000, new RetryOneTime(100));
    client.start();
    clients.add(client);
    return client;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void leaderLatchPassesLeadershipOn() throws Exception {
    LeaderLatch first = new LeaderLatch(client(), "/leader", "first");
    first.start();
    assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
    LeaderLatch second = new LeaderLatch(client(), "/leader", "second");
    second.start();
    await(() -> participants(first) == 2);
    assertThat(second.hasLeadership()).isFalse();
    assertThat(second.getLeader().getId()).isEqualTo("first");
    first.close();
    assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    second.close();
  }

  private static int participants(LeaderLatch latch) {
    try {
      return latch.getParticipants().size();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void mutexLetsOneIn() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger entered = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      InterProcessMutex mutex = new InterProcessMutex(client(), "/lock");
      all.add(
          pool.submit(
              () -> {
                for (int n = 0; n < 10; n++) {
                  mutex.acquire();
                  assertThat(inside.incrementAndGet()).isEqualTo(1);
                  entered.incrementAndGet();
                  inside.decrementAndGet();
                  mutex.release();
                }
                return null;
              }));
    }
    for (Future<?> one : all) {
      one.get(50, TimeUnit.SECONDS);
    }
    assertThat(entered).hasValue(50);
  }

  @Test
  void semaphoreCountsItsLeases() throws Exception {
    InterProcessSemaphoreV2 semaphore = new InterProcessSemaphoreV2(client(), "/semaphore", 2);
    var first = semaphore.acquire(10, TimeUnit.SECONDS);
    var second = semaphore.acquire(10, TimeUnit.SECONDS);
    assertThat(first).isNotNull();
    assertThat(second).isNotNull();
    assertThat(semaphore.acquire(100, TimeUnit.MILLISECONDS)).isNull();
    semaphore.returnLease(first);
    assertThat(semaphore.acquire(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void doubleBarrierHoldsUntilAllAreThere() throws Exception {
    CyclicBarrier start = new CyclicBarrier(3);
    AtomicInteger entered = new AtomicInteger();
    List<Future<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      DistributedDoubleBarrier barrier = new DistributedDoubleBarrier(client(), "/barrier", 3);
      all.add(
          pool.submit(
              () -> {
                start.await();
                entered.incrementAndGet();
                assertThat(barrier.enter(20, TimeUnit.SECONDS)).isTrue();
                int seen = entered.get();
                assertThat(barrier.leave(20, TimeUnit.SECONDS)).isTrue();
                return seen;
              }));
    }
    for (Future<Integer> one : all) {
      assertThat(one.get(50, TimeUnit.SECONDS)).isEqualTo(3);
    }
  }

  @Test
  void curatorCacheFollowsATree() throws Exception {
    CuratorFramework writer = client();
    writer.create().creatingParentsIfNeeded().forPath("/cache/a", new byte[1]);
    BlockingQueue<String> log = new LinkedBlockingQueue<>();
    try (CuratorCache cache = CuratorCache.build(client(), "/cache")) {
      cache
          .listenable()
          .addListener(
              CuratorCacheListener.builder()
                  .forCreates(node -> log.add("created " + node.getPath()))
                  .forChanges((old, node) -> log.add("changed " + node.getPath()))
                  .forDeletes(node -> log.add("deleted " + node.getPath()))
                  .forInitialized(() -> log.add("initialized"))
                  .build());
      cache.start();
      assertThat(take(log, 3)).contains("created /cache/a").endsWith("initialized");
      writer.create().forPath("/cache/a/b", new byte[2]);
      assertThat(take(log, 1)).containsExactly("created /cache/a/b");
      writer.setData().forPath("/cache/a", new byte[3]);
      assertThat(take(log, 1)).containsExactly("changed /cache/a");
      writer.delete().forPath("/cache/a/b");
      assertThat(take(log, 1)).containsExactly("deleted /cache/a/b");
    }
  }

  private static List<String> take(BlockingQueue<String> log, int count) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String line = log.poll(10, TimeUnit.SECONDS);
      assertThat(line).as("after " + lines).isNotNull();
      lines.add(line);
    }
    return lines;
  }

  @Test
  @SuppressWarnings("deprecation")
  void treeCacheFollowsATreeByOneShotWatches() throws Exception {
    CuratorFramework writer = client();
    writer.create().creatingParentsIfNeeded().forPath("/tree/a/b", new byte[1]);
    try (TreeCache cache = new TreeCache(client(), "/tree")) {
      CountDownLatch ready = new CountDownLatch(1);
      cache
          .getListenable()
          .addListener(
              (who, event) -> {
                if (event.getType() == TreeCacheEvent.Type.INITIALIZED) {
                  ready.countDown();
                }
              });
      cache.start();
      assertThat(ready.await(20, TimeUnit.SECONDS)).isTrue();
      writer.setData().forPath("/tree/a/b", new byte[7]);
      writer.create().forPath("/tree/a/c", new byte[2]);
      await(() -> cache.getCurrentData("/tree/a/c") != null);
      await(() -> cache.getCurrentData("/tree/a/b").getData().length == 7);
      writer.delete().deletingChildrenIfNeeded().forPath("/tree/a");
      await(() -> cache.getCurrentData("/tree/a") == null);
    }
  }

  @Test
  void persistentNodeComesBack() throws Exception {
    CuratorFramework other = client();
    try (PersistentNode node =
        new PersistentNode(client(), CreateMode.EPHEMERAL, false, "/stay", new byte[4])) {
      node.start();
      assertThat(node.waitForInitialCreate(10, TimeUnit.SECONDS)).isTrue();
      other.delete().forPath("/stay");
      await(() -> exists(other, "/stay"));
    }
    await(() -> !exists(other, "/stay"));
  }

  private static boolean exists(CuratorFramework client, String path) {
    try {
      return client.checkExists().forPath(path) != null;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void atomicLongAddsUp() throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      DistributedAtomicLong counter =
          new DistributedAtomicLong(client(), "/counter", new RetryNTimes(1_000, 1));
      all.add(
          pool.submit(
              () -> {
                for (int n = 0; n < 30; n++) {
                  assertThat(counter.increment().succeeded()).isTrue();
                }
                return null;
              }));
    }
    for (Future<?> one : all) {
      one.get(50, TimeUnit.SECONDS);
    }
    DistributedAtomicLong counter =
        new DistributedAtomicLong(client(), "/counter", new RetryOneTime(1));
    assertThat(counter.get().postValue()).isEqualTo(90);
  }

  @Test
  void queueKeepsItsOrder() throws Exception {
    SimpleDistributedQueue producer = new SimpleDistributedQueue(client(), "/queue");
    SimpleDistributedQueue consumer = new SimpleDistributedQueue(client(), "/queue");
    Future<List<Byte>> consumed =
        pool.submit(
            () -> {
              List<Byte> got = new ArrayList<>();
              for (int i = 0; i < 20; i++) {
                got.add(consumer.take()[0]);
              }
              return got;
            });
    List<Byte> sent = new ArrayList<>();
    for (byte i = 0; i < 20; i++) {
      producer.offer(new byte[] {i});
      sent.add(i);
    }
    assertThat(consumed.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
  }

  @Test
  void groupMembersComeAndGo() throws Exception {
    try (GroupMember first = new GroupMember(client(), "/group", "first")) {
      first.start();
      GroupMember second = new GroupMember(client(), "/group", "second");
      second.start();
      await(() -> first.getCurrentMembers().size() == 2);
      second.close();
      await(() -> first.getCurrentMembers().size() == 1);
    }
  }

  @Test
  void emptyContainersAndOldTtlNodesAreReaped() throws Exception {
    server.close();
    ServerSpec reaping = ServerSpec.standard().with("znode.container.checkIntervalMs", "100");
    server = Contender.subject().start(reaping);
    CuratorFramework client = client();
    client.create().creatingParentContainersIfNeeded().forPath("/container/child");
    client.create().withTtl(50).withMode(CreateMode.PERSISTENT_WITH_TTL).forPath("/ttl");
    client.create().withMode(CreateMode.CONTAINER).forPath("/never-used");
    await(() -> !exists(client, "/ttl"));
    assertThat(exists(client, "/container")).isTrue();
    client.delete().forPath("/container/child");
    await(() -> !exists(client, "/container"));
    assertThat(exists(client, "/never-used")).isTrue();
  }

  @Test
  void aPersistentTtlNodeIsKeptAlive() throws Exception {
    server.close();
    ServerSpec reaping = ServerSpec.standard().with("znode.container.checkIntervalMs", "100");
    server = Contender.subject().start(reaping);
    CuratorFramework other = client();
    try (PersistentTtlNode node = new PersistentTtlNode(client(), "/alive", 600, new byte[1])) {
      node.start();
      assertThat(node.waitForInitialCreate(10, TimeUnit.SECONDS)).isTrue();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
      await(() -> System.nanoTime() > until || !exists(other, "/alive"));
      assertThat(exists(other, "/alive")).isTrue();
    }
    await(() -> !exists(other, "/alive"));
  }
}

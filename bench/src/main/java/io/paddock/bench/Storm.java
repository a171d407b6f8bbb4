package io.paddock.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * Many sessions with 20 watches each lose a follower and come to the two other servers, all at
 * once: how long until the last one has its watches again, and what a client that sets at the
 * leader, 500 times a second, notices meanwhile.
 */
final class Storm implements Measurement {
  private static final int WATCHES = 20;
  private static final int TOGETHER = 100;
  private static final int ZNODES = 1000;
  private static final double SETS_PER_SECOND = 500;
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final int SELECT_MILLIS = 5;
  private static final BenchMetric BACK =
      BenchMetric.lower("storm, all back with watches", BenchMetric.Unit.SECONDS, 0.4);
  private static final BenchMetric P99 =
      BenchMetric.lower("storm, p99 of another's sets", BenchMetric.Unit.MILLIS, 0.4);
  private static final BenchMetric LONGEST =
      BenchMetric.lower("storm, longest of another's sets", BenchMetric.Unit.MILLIS, 0.4);

  @Override
  public String name() {
    return "storm";
  }

  @Override
  public List<BenchMetric> metrics() {
    return List.of(BACK, P99, LONGEST);
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void round(Target target, int round, Samples samples) throws IOException {
    Settings.Sizes sizes = target.sizes();
    try (EnsembleProcess ensemble = target.startEnsemble();
        Selector selector = Selector.open()) {
      ServerProcess leader = ensemble.leader();
      Target.populate(leader, "/bench", ZNODES, Target::path);
      ensemble.awaitEverywhere(Target.path(ZNODES - 1), ZNODES - 1);
      ServerProcess follower = ensemble.follower();
      List<Client> clients =
          IntStream.range(0, sizes.stormSessions()).mapToObj(Client::new).toList();
      try (Driver driver = Target.connect(leader, 1)) {
        for (int from = 0; from < clients.size(); from += TOGETHER) {
          List<Client> some = clients.subList(from, Math.min(clients.size(), from + TOGETHER));
          bring(some, List.of(follower.endpoint()), selector);
        }
        sets(driver, sizes.firstWarmUpNanos());
        storm(target.kind(), ensemble, follower, clients, selector, driver, samples);
      } finally {
        for (Client client : clients) {
          client.session.disconnect();
        }
      }
    }
  }

  /** What a client needs to be warm. */
  private static void sets(Driver driver, long nanos) throws IOException {
    LoadResult result = driver.open(load(), SETS_PER_SECOND, 0, nanos, () -> 0);
    if (result.errors() > 0) {
      throw new IOException(result.errors() + " sets failed before the storm");
    }
  }

  /** Of a znode that nobody watches. */
  private static Frames load() {
    return Frames.sets(1, i -> Target.path(0));
  }

  private static void storm(
      ServerKind kind,
      EnsembleProcess ensemble,
      ServerProcess follower,
      List<Client> clients,
      Selector selector,
      Driver driver,
      Samples samples)
      throws IOException {
    AtomicBoolean going = new AtomicBoolean(true);
    LatencyTimeline times = new LatencyTimeline(System.nanoTime(), TIMEOUT_NANOS);
    CompletableFuture<LoadResult> other =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return driver.openWhile(load(), SETS_PER_SECOND, going::get, times, () -> 0);
              } catch (IOException e) {
                throw new CompletionException(e);
              }
            });
    double seconds;
    try {
      List<Endpoint> others =
          ensemble.others(follower).stream().map(ServerProcess::endpoint).toList();
      follower.kill();
      for (Client client : clients) {
        client.isBack = false;
        client.session.disconnect();
      }
      long start = System.nanoTime();
      bring(clients, others, selector);
      seconds = (System.nanoTime() - start) / 1e9;
    } finally {
      going.set(false);
    }
    LoadResult result;
    try {
      result = other.join();
    } catch (CompletionException e) {
      throw new IOException("the established client: " + e.getCause().getMessage(), e);
    }
    samples.add(BACK, kind, seconds);
    samples.add(P99, kind, result.latencyMicros(99) / 1e3);
    samples.add(LONGEST, kind, result.latencies().getMaxValue() / 1e6);
    samples.addErrors(P99, kind, result.errors());
    samples.addErrors(LONGEST, kind, result.errors());
  }

  /** Connects them all at once, to the servers in turn, until each has its watches. */
  private static void bring(List<Client> clients, List<Endpoint> servers, Selector selector)
      throws IOException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    List<Client> away = new ArrayList<>(clients);
    while (!away.isEmpty()) {
      long now = System.nanoTime();
      if (now > deadline) {
        throw new IOException(away.size() + " of " + clients.size() + " are not back after 120 s");
      }
      for (Client client : away) {
        client.connect(servers, selector, now);
      }
      selector.select(SELECT_MILLIS);
      for (SelectionKey key : selector.selectedKeys()) {
        ((Client) key.attachment()).ready(key);
      }
      selector.selectedKeys().clear();
      away.removeIf(client -> client.isBack);
    }
  }

  /** One session; the znodes it watches follow from its number. */
  private static final class Client implements MovingSession.Listener {
    private final MovingSession session = new MovingSession();
    private final int number;
    private final byte[] watches;
    private int tries;
    private long connectNanos;
    private boolean isBack;

    Client(int number) {
      this.number = number;
      this.watches =
          RequestFrames.setWatches(
              IntStream.range(0, WATCHES)
                  .mapToObj(i -> Target.path(1 + (number * 7 + i * 31) % (ZNODES - 1)))
                  .toList());
    }

    void connect(List<Endpoint> servers, Selector selector, long now) throws IOException {
      if (session.isConnecting() || session.isGreeted() || now < connectNanos) {
        return;
      }
      try {
        session.connect(selector, servers.get((number + tries) % servers.size()).address(), this);
      } catch (IOException e) {
        lost();
      }
    }

    void ready(SelectionKey key) throws IOException {
      try {
        if (key.isValid()) {
          session.ready(key, this);
        }
      } catch (IOException e) {
        lost();
      }
    }

    private void lost() throws IOException {
      tries++;
      isBack = false;
      connectNanos = System.nanoTime() + RETRY_NANOS;
      session.disconnect();
    }

    @Override
    public void greeted() throws IOException {
      session.send(watches);
    }

    @Override
    public void reply(int xid, long zxid, int err) throws IOException {
      if (xid == RequestFrames.SET_WATCHES_XID) {
        if (err != 0) {
          throw new IOException("setWatches was answered " + err);
        }
        isBack = true;
      }
    }
  }
}

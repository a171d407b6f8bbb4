package io.paddock.zab;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * An ensemble under virtual time: events ordered by time and by the order of their making, a
 * network with FIFO connections, disks that forget what was not forced. Everything random comes
 * from the seed; without one, every delay is one millisecond.
 */
final class World {
  private record Event(long atMs, long order, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
    }
  }

  private static final long TICK_MS = 10;

  final ZabInvariants invariants = new ZabInvariants();
  final ZabPromises promises = new ZabPromises();

  /** Whether a broken invariant lets the world turn on, so that what comes of it is seen. */
  boolean tolerant;

  final TreeMap<Long, SimServer> servers = new TreeMap<>();
  final List<String> trace = new ArrayList<>();
  final ZabSettings settings;
  final SplittableRandom random;

  /** Directed pairs that cannot talk. */
  private final TreeSet<String> blocked = new TreeSet<>();

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private Consumer<String> tracer = line -> {};
  private long order;
  private long nextConnection = 1;
  long nowMs;

  World(SplittableRandom random, ZabSettings settings) {
    this.random = random;
    this.settings = settings;
  }

  /** Without chance. */
  World(ZabSettings settings) {
    this(null, settings);
  }

  void traceTo(Consumer<String> newTracer) {
    tracer = newTracer;
  }

  void trace(String line) {
    tracer.accept(line);
  }

  SimServer add(long sid, EnsembleConfig config) {
    SimServer server = new SimServer(this, sid, config);
    servers.put(sid, server);
    return server;
  }

  SimServer server(long sid) {
    return servers.get(sid);
  }

  void startAll() {
    servers.values().forEach(SimServer::start);
  }

  long newConnection() {
    return nextConnection++;
  }

  /** Checks an invariant. */
  void check(Runnable invariant) {
    try {
      invariant.run();
    } catch (IllegalStateException e) {
      if (!tolerant) {
        throw e;
      }
    }
  }

  void after(long delayMs, Runnable what) {
    events.add(new Event(nowMs + delayMs, order++, what));
  }

  /** Between 1 and {@code maxMs}; 1 in a world without chance. */
  long delay(int maxMs) {
    return random == null ? 1 : 1 + random.nextInt(maxMs);
  }

  boolean chance(double probability) {
    return random != null && random.nextDouble() < probability;
  }

  void run(long ms) {
    long endMs = nowMs + ms;
    while (!events.isEmpty() && events.peek().atMs() <= endMs) {
      Event event = events.poll();
      nowMs = event.atMs();
      event.what().run();
    }
    nowMs = endMs;
  }

  void tick(SimServer server, int incarnation) {
    after(
        TICK_MS,
        () -> {
          if (server.isUp(incarnation)) {
            server.input(zab -> zab.on(new ZabInput.Tick(nowMs)));
            tick(server, incarnation);
          }
        });
  }

  boolean isBlocked(long from, long to) {
    return blocked.contains(from + ">" + to);
  }

  void cutOneWay(long from, long to) {
    blocked.add(from + ">" + to);
  }

  void cut(long a, long b) {
    cutOneWay(a, b);
    cutOneWay(b, a);
  }

  /** Cuts one server off from all others. */
  void isolate(long sid) {
    servers.keySet().stream().filter(other -> other != sid).forEach(other -> cut(sid, other));
  }

  void heal() {
    blocked.clear();
  }

  /** The server that leads and may propose, in the latest epoch; null if there is none. */
  SimServer leader() {
    SimServer best = null;
    for (SimServer server : servers.values()) {
      if (server.isUp()
          && server.zab().canPropose()
          && (best == null || server.zab().currentEpoch() > best.zab().currentEpoch())) {
        best = server;
      }
    }
    return best;
  }

  /** Runs until {@code done}, at most {@code maxMs}. */
  boolean runUntil(long maxMs, java.util.function.BooleanSupplier done) {
    long endMs = nowMs + maxMs;
    while (nowMs < endMs && !done.getAsBoolean()) {
      run(10);
    }
    return done.getAsBoolean();
  }

  /** Whether everybody serves, and has published everything that was committed. */
  boolean isWhole() {
    return leader() != null
        && servers.values().stream()
            .allMatch(
                s ->
                    s.isUp()
                        && s.isServing()
                        && invariants.published(s.sid) == invariants.decided());
  }
}

package io.paddock.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What everything in a run shares: time, chance, the network, the servers and clients, and the
 * chronicle. One thread.
 */
final class World {
  /** Who is told, in words, what happens. */
  interface Trace {
    /** Tells nobody. */
    Trace NONE = (atMs, who, what) -> {};

    void line(long atMs, String who, Supplier<String> what);
  }

  final Scale scale;
  final Canary canary;
  final Conditions conditions;
  final SplittableRandom random;
  final Network network = new Network();
  final Chronicle chronicle = new Chronicle();
  final TreeMap<Long, SimServer> servers = new TreeMap<>();
  final List<SimClient> clients = new ArrayList<>();

  private final Timeline timeline;
  private final Trace trace;
  private long lastConnection;
  private int faults;
  private boolean healed;
  private int resumed;

  World(SplittableRandom random, boolean keepsClients, Scale scale, Canary canary, Trace trace) {
    this.random = random;
    this.scale = scale;
    this.canary = canary;
    this.trace = trace;
    this.timeline = new Timeline(random.split());
    this.conditions = Conditions.draw(random, keepsClients);
  }

  long nowMs() {
    return timeline.nowMs();
  }

  void after(long delayMs, Runnable what) {
    timeline.after(delayMs, what);
  }

  void run(long ms) {
    timeline.run(ms);
  }

  /** From 1 up to {@code max}. */
  int upTo(int max) {
    return 1 + random.nextInt(max);
  }

  boolean oneIn(int count) {
    return random.nextInt(count) == 0;
  }

  int networkDelay() {
    return upTo(conditions.networkDelayMsMax());
  }

  long newConnection() {
    return ++lastConnection;
  }

  SimServer server(long sid) {
    return servers.get(sid);
  }

  void tell(String who, Supplier<String> what) {
    trace.line(nowMs(), who, what);
  }

  /** From now on nothing fails any more. */
  void healed() {
    healed = true;
  }

  boolean isHealed() {
    return healed;
  }

  /** A fault was put in. */
  void fault(String who, Supplier<String> what) {
    faults++;
    trace.line(nowMs(), who, what);
  }

  /** So many clients go on with another leader. */
  void resumed(int clients) {
    resumed += clients;
  }

  /** How often a client's connection has outlived a leader. */
  int resumed() {
    return resumed;
  }

  int faults() {
    return faults;
  }
}

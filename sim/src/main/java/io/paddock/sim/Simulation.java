package io.paddock.sim;

import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * One run: an ensemble, or a server alone, and its clients live through faults that a seed draws;
 * then all is made good, and within a bounded time everybody must serve, and be served, again. The
 * same seed and scale give the same run.
 */
final class Simulation {
  private static final int HEAL_MS_MAX = 60_000;
  private static final int LIVE_MS = 5_000;
  private static final int AWAIT_MS_MAX = 20_000;

  /**
   * What a run came to.
   *
   * @param decided transactions
   * @param answered requests of clients
   * @param resumed how often a client's connection outlived a leader
   * @param virtualMs how long it lasted
   */
  record Result(int decided, int answered, int resumed, int faults, long virtualMs) {}

  private final World world;
  private final Faults faults;
  private final int steps;

  private Simulation(World world) {
    this.world = world;
    this.faults = new Faults(world);
    this.steps = world.scale.steps();
  }

  /**
   * Runs; two seeds of three with clients whose connections outlive a leader.
   *
   * @throws SimFinding when something was not as it must be
   */
  static Result run(long seed, Scale scale, Canary canary, World.Trace trace) {
    boolean keepsClients = seed % 3 != 2;
    World world = new World(new SplittableRandom(seed), keepsClients, scale, canary, trace);
    try {
      return new Simulation(world).run();
    } catch (SimFinding e) {
      throw e;
    } catch (RuntimeException e) {
      throw new SimFinding(e.toString(), e);
    }
  }

  /** How large the run of a seed is when nothing is asked for. */
  static Scale scale(long seed) {
    SplittableRandom random = new SplittableRandom(~seed);
    int voters = new int[] {3, 3, 3, 5, 5, 7}[random.nextInt(6)];
    int observers = random.nextInt(3);
    int clients = 3 + random.nextInt(3);
    return random.nextInt(5) == 0
        ? new Scale(1, 0, clients, 120)
        : new Scale(voters, observers, clients, 120);
  }

  private Result run() {
    populate();
    world.servers.values().forEach(SimServer::start);
    world.clients.forEach(SimClient::start);
    for (int step = 0; step < steps; step++) {
      world.run(world.random.nextInt(world.conditions.stepMsMax()));
      faults.next();
    }
    faults.healAll();
    awaitService();
    int answered = world.clients.stream().mapToInt(SimClient::answered).sum();
    return new Result(
        world.chronicle.decided(), answered, world.resumed(), world.faults(), world.nowMs());
  }

  private void populate() {
    int count = world.scale.voters() + world.scale.observers();
    List<EnsembleServer> servers = new ArrayList<>();
    for (int sid = 1; sid <= count; sid++) {
      String role = sid > world.scale.voters() ? ":observer" : ":participant";
      servers.add(EnsembleServer.parse(sid, "s" + sid + ":2888:3888" + role));
    }
    EnsembleConfig config = EnsembleConfig.of(servers, 0);
    for (EnsembleServer server : config.servers()) {
      world.servers.put(server.sid(), new SimServer(world, server.sid(), config));
    }
    for (int id = 1; id <= world.scale.clients(); id++) {
      world.clients.add(new SimClient(world, id, false));
    }
    if (world.conditions.reconfigures() && !world.scale.alone()) {
      world.clients.add(new SimClient(world, world.scale.clients() + 1L, true));
    }
  }

  /** Everybody serves, everybody is served, and stays so for a while; then all agree. */
  private void awaitService() {
    long healedMs = world.nowMs();
    long endMs = healedMs + HEAL_MS_MAX;
    while (!isWhole(healedMs)) {
      if (world.nowMs() > endMs) {
        throw new SimFinding(
            "the ensemble is not whole " + HEAL_MS_MAX + " ms after it healed: " + state());
      }
      world.run(100);
    }
    int decided = world.chronicle.decided();
    long healedZxid = world.chronicle.lastZxid();
    int[] answered = world.clients.stream().mapToInt(SimClient::answered).toArray();
    int[] lost = world.clients.stream().mapToInt(SimClient::sessionsLost).toArray();
    world.run(LIVE_MS);
    if (world.chronicle.decided() == decided) {
      throw new SimFinding("nothing is decided although all is well: " + state());
    }
    for (int i = 0; i < answered.length; i++) {
      SimClient client = world.clients.get(i);
      if (client.answered() == answered[i]) {
        throw new SimFinding(client.name() + " is not answered although all is well: " + state());
      }
      if (client.sessionsLost() != lost[i]) {
        throw new SimFinding(client.name() + " loses its session although all is well");
      }
    }
    for (SimServer server : world.servers.values()) {
      await(
          () -> server.isServing() && server.running().replica().last().zxid() >= healedZxid,
          server.name() + " does not catch up although all is well");
    }
    awaitEndOfSessions();
  }

  private void await(BooleanSupplier isSo, String otherwise) {
    long endMs = world.nowMs() + AWAIT_MS_MAX;
    while (!isSo.getAsBoolean()) {
      if (world.nowMs() > endMs) {
        throw new SimFinding(otherwise + ": " + state());
      }
      world.run(100);
    }
  }

  /**
   * Sessions without a client come to their end, and their ephemerals with them; but each new
   * leader gives them their full time, so not where epochs are short.
   */
  private void awaitEndOfSessions() {
    if (world.conditions.shortEpochs() && !world.scale.alone()) {
      return;
    }
    long endMs = world.nowMs() + AWAIT_MS_MAX;
    for (List<Long> left = abandoned(); !left.isEmpty(); left = abandoned()) {
      if (world.nowMs() > endMs) {
        throw new SimFinding("sessions that nobody has do not expire: " + left);
      }
      world.run(100);
    }
  }

  private List<Long> abandoned() {
    List<Long> sessions = new ArrayList<>(world.chronicle.latest().sessions.keySet());
    world.clients.forEach(client -> sessions.remove(client.session()));
    return sessions;
  }

  private boolean isWhole(long healedMs) {
    boolean serve = world.servers.values().stream().allMatch(SimServer::isServing);
    return serve && world.clients.stream().allMatch(client -> client.isServedSince(healedMs));
  }

  private String state() {
    StringBuilder text = new StringBuilder();
    for (SimServer server : world.servers.values()) {
      Role role = server.running() == null ? null : server.running().replica().serving();
      text.append(server.name()).append(' ').append(role == null ? "down" : role).append(", ");
    }
    for (SimClient client : world.clients) {
      text.append(client.name()).append(client.isUp() ? " up" : " not up").append(", ");
    }
    return text.substring(0, text.length() - 2);
  }
}

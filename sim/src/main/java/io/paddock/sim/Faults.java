package io.paddock.sim;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong: one thing at a time, drawn from the seed; in the end all is made good. */
final class Faults {
  private static final int CLOCK_MS_MAX = 20_000;
  private static final int WEIGHT_MAX = 4;
  private static final int DEPOSED_MS_MAX = 5000;
  private static final int DEPOSED_LOOK_MS = 10;
  private static final int DEPOSED_AFTER_MS_MAX = 800;

  /** What can happen, with its weight among the others. */
  private record Kind(int weight, Runnable what) {}

  private final World world;
  private final List<Kind> kinds = new ArrayList<>();
  private int weights;

  Faults(World world) {
    this.world = world;
    good(4, () -> someServer().start());
    good(3, this::heal);
    good(1, this::room);
    good(world.random.nextInt(6), () -> {});
    bad(() -> crash(someServer()));
    bad(this::restart);
    bad(this::crashAll);
    bad(() -> cut(someServer(), someServer()));
    bad(() -> cutOneWay(someServer(), someServer()));
    bad(() -> isolate(someServer()));
    bad(() -> deafen(someServer()));
    bad(this::split);
    bad(() -> slow(someServer()));
    bad(() -> pause(someServer()));
    bad(this::depose);
    bad(() -> turnClock(someServer()));
    bad(() -> dieAtDisk(someServer()));
    bad(() -> fillDisk(someServer()));
    bad(() -> lose(someClient()));
    bad(() -> cutClient(someClient()));
    bad(() -> goAway(someClient()));
  }

  private void good(int weight, Runnable what) {
    kinds.add(new Kind(weight, what));
    weights += weight;
  }

  /** A third of the kinds does not happen in a run, the others more or less often. */
  private void bad(Runnable what) {
    good(world.oneIn(3) ? 0 : world.upTo(WEIGHT_MAX), what);
  }

  /** Lets one thing happen, perhaps a good one. */
  void next() {
    int draw = world.random.nextInt(weights);
    for (Kind kind : kinds) {
      draw -= kind.weight;
      if (draw < 0) {
        kind.what.run();
        return;
      }
    }
  }

  /** The leader more often than others. */
  private SimServer someServer() {
    List<SimServer> all = new ArrayList<>(world.servers.values());
    if (world.oneIn(3)) {
      List<SimServer> leaders = all.stream().filter(SimServer::leads).toList();
      all = leaders.isEmpty() ? all : leaders;
    }
    return all.get(world.random.nextInt(all.size()));
  }

  private SimClient someClient() {
    return world.clients.get(world.random.nextInt(world.clients.size()));
  }

  private void restart() {
    SimServer server = someServer();
    crash(server);
    server.start();
  }

  private void crash(SimServer server) {
    if (server.running() != null) {
      boolean machine = world.oneIn(2);
      world.fault(server.name(), () -> machine ? "is to lose its power" : "is to be killed");
      server.crash(machine);
    }
  }

  private void crashAll() {
    boolean machine = world.oneIn(2);
    world.fault("all", () -> machine ? "machines lose their power" : "servers are killed");
    world.servers.values().forEach(server -> server.crash(machine));
    if (world.oneIn(2)) {
      world.servers.values().forEach(SimServer::start);
    }
  }

  private void cut(SimServer one, SimServer other) {
    if (one != other) {
      world.fault(one.name(), () -> "and " + other.name() + " are cut off from each other");
      world.network.cut(one.sid(), other.sid());
    }
  }

  private void cutOneWay(SimServer from, SimServer to) {
    if (from != to) {
      world.fault(from.name(), () -> "reaches " + to.name() + " no more, though not the reverse");
      world.network.cutOneWay(from.sid(), to.sid());
    }
  }

  private void isolate(SimServer server) {
    world.fault(server.name(), () -> "is cut off from all other servers");
    for (SimServer other : world.servers.values()) {
      if (other != server) {
        world.network.cut(server.sid(), other.sid());
      }
    }
  }

  private void deafen(SimServer server) {
    boolean deaf = world.oneIn(2);
    world.fault(server.name(), () -> deaf ? "hears no server" : "is heard by no server");
    for (SimServer other : world.servers.values()) {
      if (other != server) {
        world.network.cutOneWay(
            deaf ? other.sid() : server.sid(), deaf ? server.sid() : other.sid());
      }
    }
  }

  private void split() {
    List<SimServer> one = new ArrayList<>();
    List<SimServer> other = new ArrayList<>();
    world.servers.values().forEach(server -> (world.oneIn(2) ? one : other).add(server));
    world.fault(
        "network",
        () -> "is split, with " + one.stream().map(SimServer::name).toList() + " on one side");
    for (SimServer here : one) {
      other.forEach(there -> world.network.cut(here.sid(), there.sid()));
    }
  }

  private void cutClient(SimClient client) {
    if (client.serverId() != 0) {
      world.fault(client.name(), () -> "is cut off from server " + client.serverId());
      world.network.cut(client.address(), client.serverId());
    }
  }

  private void heal() {
    if (!world.network.isWhole()) {
      world.tell("network", () -> "is whole again");
      world.network.heal();
    }
  }

  private void slow(SimServer server) {
    boolean now = !server.isSlow();
    world.fault(server.name(), () -> now ? "has a slow disk" : "has a quick disk again");
    server.slow(now);
  }

  private void pause(SimServer server) {
    int ms = world.upTo(2500);
    world.fault(server.name(), () -> "stands still for " + ms + " ms");
    server.pause(ms);
  }

  /**
   * A leader stands still until it is replaced, with nothing else going wrong meanwhile, and does
   * not know when it wakes; what its clients have asked for waits there.
   */
  private void depose() {
    for (SimServer server : world.servers.values()) {
      if (server.leads() && !server.isPaused() && !world.scale.alone()) {
        depose(server);
        return;
      }
    }
  }

  private void depose(SimServer leader) {
    world.fault(leader.name(), () -> "stands still until another server leads");
    world.network.heal();
    world.servers.values().forEach(SimServer::start);
    leader.pause(DEPOSED_MS_MAX);
    clientsOf(leader).forEach(client -> client.waitPatiently(DEPOSED_MS_MAX));
    while (leader.isPaused() && !isReplaced(leader)) {
      world.run(DEPOSED_LOOK_MS);
    }
    if (leader.isPaused()) {
      // Time for the others to write what it does not know, then for syncs to arrive.
      world.run(world.random.nextInt(DEPOSED_AFTER_MS_MAX));
      clientsOf(leader).forEach(SimClient::sync);
      world.run(world.conditions.networkDelayMsMax());
      leader.pause(0);
    }
  }

  private boolean isReplaced(SimServer leader) {
    return world.servers.values().stream().anyMatch(other -> other != leader && other.leads());
  }

  private List<SimClient> clientsOf(SimServer server) {
    return world.clients.stream().filter(client -> client.serverId() == server.sid()).toList();
  }

  private void turnClock(SimServer server) {
    long ms = world.random.nextLong(-CLOCK_MS_MAX, CLOCK_MS_MAX);
    world.fault(server.name(), () -> "has its clock turned by " + ms + " ms");
    server.turnClock(ms);
  }

  private void dieAtDisk(SimServer server) {
    if (server.running() != null) {
      int operation = world.upTo(20);
      world.fault(
          server.name(), () -> "is to lose its power at its disk operation no " + operation);
      server.dieAtDiskOperation(operation);
    }
  }

  private void fillDisk(SimServer server) {
    int bytes = world.random.nextInt(6000);
    world.fault(server.name(), () -> "has " + bytes + " bytes left on its disk");
    server.room(bytes);
  }

  private void room() {
    world.servers.values().forEach(server -> server.room(Long.MAX_VALUE));
  }

  private void lose(SimClient client) {
    boolean heard = world.oneIn(2);
    world.fault(client.name(), () -> "is to lose its connection");
    client.lose(heard);
  }

  private void goAway(SimClient client) {
    int ms = world.upTo(6000);
    world.fault(client.name(), () -> "is away for " + ms + " ms");
    client.goAway(ms);
  }

  /** Makes everything good: from now on nothing fails. */
  void healAll() {
    world.tell("all", () -> "faults end here");
    world.healed();
    world.network.heal();
    for (SimServer server : world.servers.values()) {
      server.mend();
      server.slow(false);
      server.pause(0);
      server.start();
    }
  }
}

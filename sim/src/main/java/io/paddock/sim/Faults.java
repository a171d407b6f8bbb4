package io.paddock.sim;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong: one thing at a time, drawn from the seed; in the end all is made good. */
final class Faults {
  private static final int CLOCK_MS_MAX = 20_000;

  private final World world;

  Faults(World world) {
    this.world = world;
  }

  private SimServer someServer() {
    List<SimServer> all = new ArrayList<>(world.servers.values());
    return all.get(world.random.nextInt(all.size()));
  }

  private SimClient someClient() {
    return world.clients.get(world.random.nextInt(world.clients.size()));
  }

  /** Lets one thing happen, perhaps a good one. */
  void next() {
    switch (world.random.nextInt(24)) {
      case 0, 1 -> crash(someServer());
      case 2, 3, 4, 5 -> someServer().start();
      case 6 -> cut(someServer(), someServer());
      case 7 -> cutOneWay(someServer(), someServer());
      case 8 -> isolate(someServer());
      case 9, 10, 11 -> heal();
      case 12 -> slow(someServer());
      case 13 -> pause(someServer());
      case 14 -> turnClock(someServer());
      case 15 -> dieAtDisk(someServer());
      case 16 -> fillDisk(someServer());
      case 17, 18 -> room();
      case 19, 20 -> lose(someClient());
      case 21 -> cutClient(someClient());
      case 22 -> goAway(someClient());
      default -> crashAll();
    }
  }

  private void crash(SimServer server) {
    if (server.running() != null) {
      boolean machine = world.oneIn(2);
      world.fault(server.name(), () -> machine ? "is to lose its power" : "is to be killed");
      server.crash(machine);
    }
  }

  private void crashAll() {
    if (world.oneIn(4)) {
      boolean machine = world.oneIn(2);
      world.fault("all", () -> machine ? "machines lose their power" : "servers are killed");
      world.servers.values().forEach(server -> server.crash(machine));
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
    world.network.heal();
    room();
    for (SimServer server : world.servers.values()) {
      server.slow(false);
      server.pause(0);
      server.start();
    }
  }
}

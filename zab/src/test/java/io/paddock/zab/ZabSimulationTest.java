package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Ensembles under random faults: nothing committed is ever lost, and after healing they live. */
class ZabSimulationTest {
  private static final int SEEDS = Integer.getInteger("zab.seeds", 200);
  private static final long FIRST_SEED = Long.getLong("zab.seed", 1);

  static EnsembleConfig config(int voters, int observers) {
    List<EnsembleServer> servers = new ArrayList<>();
    for (int sid = 1; sid <= voters + observers; sid++) {
      servers.add(
          EnsembleServer.parse(
              sid, "h" + sid + ":2888:3888" + (sid > voters ? ":observer" : ":participant")));
    }
    return EnsembleConfig.of(servers, 0);
  }

  static ZabSettings settings() {
    return new ZabSettings(200, 10, 5, 0, 200, 2000, 5, 100, 6, 1 << 20, 0xfffffffeL, false);
  }

  @Test
  void nothingCommittedIsLostAndAHealedEnsembleLives() {
    long committed = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      committed += run(seed);
    }
    assertThat(committed).as("transactions of all runs").isGreaterThan(SEEDS * 20L);
  }

  private static long run(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int voters = 3 + 2 * random.nextInt(2);
    int observers = random.nextInt(2);
    World world = new World(random.split(), settings());
    List<String> tail = new ArrayList<>();
    world.traceTo(line -> tail.add(world.nowMs + " " + line));
    EnsembleConfig config = config(voters, observers);
    for (EnsembleServer server : config.servers()) {
      world.add(server.sid(), config);
    }
    try {
      world.startAll();
      int[] proposed = new int[1];
      for (int step = 0; step < 150; step++) {
        fault(world, random);
        write(world, random, proposed);
        world.run(random.nextInt(250));
      }
      heal(world);
      assertThat(world.runUntil(60_000, world::isWhole)).as("everybody serves again").isTrue();
      world.leader().propose("the last");
      int before = world.invariants.decided();
      assertThat(
              world.runUntil(10_000, () -> world.invariants.decided() > before && world.isWhole()))
          .as("a write is committed everywhere")
          .isTrue();
      return world.invariants.decided();
    } catch (RuntimeException | AssertionError e) {
      int from = Math.max(0, tail.size() - Integer.getInteger("zab.trace", 60));
      throw new AssertionError(
          "seed " + seed + ": " + e + "\n" + String.join("\n", tail.subList(from, tail.size())), e);
    }
  }

  private static void write(World world, SplittableRandom random, int[] proposed) {
    for (SimServer server : world.servers.values()) {
      if (server.isUp() && server.zab().canPropose() && !server.isPaused()) {
        for (int i = random.nextInt(4); i > 0 && server.zab().canPropose(); i--) {
          server.propose("txn " + proposed[0]++);
        }
      }
    }
  }

  private static void fault(World world, SplittableRandom random) {
    List<SimServer> all = new ArrayList<>(world.servers.values());
    SimServer one = all.get(random.nextInt(all.size()));
    SimServer other = all.get(random.nextInt(all.size()));
    switch (random.nextInt(14)) {
      case 0 -> one.crash();
      case 1, 2, 3 -> {
        if (!one.isUp()) {
          one.start();
        }
      }
      case 4 -> world.cut(one.sid, other.sid);
      case 5 -> world.cutOneWay(one.sid, other.sid);
      case 6 -> world.isolate(one.sid);
      case 7, 8 -> world.heal();
      case 9 -> one.disk.slow = !one.disk.slow;
      case 10 -> one.pause(random.nextInt(2500));
      case 11 -> {
        if (one.isUp() && random.nextInt(4) == 0) {
          all.forEach(SimServer::crash);
        }
      }
      default -> {}
    }
  }

  private static void heal(World world) {
    world.heal();
    for (SimServer server : world.servers.values()) {
      server.disk.slow = false;
      server.pause(0);
      if (!server.isUp()) {
        server.start();
      }
    }
  }
}

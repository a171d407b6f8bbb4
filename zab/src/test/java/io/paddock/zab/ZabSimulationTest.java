package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Ensembles under random faults: nothing committed is ever lost, and after healing they live. */
class ZabSimulationTest {
  private static final int SEEDS = Integer.getInteger("zab.seeds", 200);
  private static final long FIRST_SEED = Long.getLong("zab.seed", 1);

  private static final long CANARY_SEEDS_MAX = 300;

  static EnsembleConfig config(int voters, int observers) {
    List<EnsembleServer> servers = new ArrayList<>();
    for (int sid = 1; sid <= voters + observers; sid++) {
      servers.add(
          EnsembleServer.parse(
              sid, "h" + sid + ":2888:3888" + (sid > voters ? ":observer" : ":participant")));
    }
    return EnsembleConfig.of(servers, 0);
  }

  /** Some of the servers vote, some observe, some do not belong; some are at a new address. */
  private static EnsembleConfig reconfigured(World world, SplittableRandom random) {
    List<EnsembleServer> servers = new ArrayList<>();
    for (long sid : world.servers.keySet()) {
      int port = random.nextInt(10) == 0 ? 2887 : 2888;
      String role = random.nextInt(3) == 0 ? ":observer" : ":participant";
      if (random.nextInt(6) > 0) {
        servers.add(EnsembleServer.parse(sid, "h" + sid + ":" + port + ":3888" + role));
      }
    }
    boolean voters = servers.stream().filter(s -> !s.observer()).count() >= 2;
    return voters ? EnsembleConfig.of(servers, 0) : config(world.servers.size(), 0);
  }

  /** What a newcomer is told: the others, and itself without a vote. */
  static EnsembleConfig joining(EnsembleConfig config, long sid) {
    List<EnsembleServer> servers = new ArrayList<>(config.servers());
    servers.add(EnsembleServer.parse(sid, "h" + sid + ":2888:3888:observer"));
    return EnsembleConfig.of(servers, 0);
  }

  private static EnsembleConfig grouped() {
    StringBuilder text = new StringBuilder();
    for (int sid = 1; sid <= 6; sid++) {
      text.append("server." + sid + "=h" + sid + ":2888:3888\n");
    }
    return EnsembleConfig.parse(text + "group.1=1:2:3\ngroup.2=4\ngroup.3=5:6\nweight.6=0");
  }

  static ZabSettings settings(boolean reconfigEnabled) {
    return new ZabSettings(
        200, 10, 5, 0, 200, 200, 2000, 5, 100, 6, 1 << 20, 0xfffffffeL, reconfigEnabled);
  }

  @Test
  void nothingCommittedIsLostAndAHealedEnsembleLives() {
    long committed = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      committed += run(seed, server -> {}, line -> {});
    }
    assertThat(committed).as("transactions of all runs").isGreaterThan(SEEDS * 20L);
  }

  @Test
  void aVoteCastBeforeTheLogIsDurableIsCaught() {
    assertThat(seedThatCatches(server -> server.disk.liesAboutLog = true)).isPositive();
  }

  @Test
  void anEpochAcknowledgedBeforeItIsSavedIsCaught() {
    assertThat(seedThatCatches(server -> server.disk.liesAboutEpochs = true)).isPositive();
  }

  @Test
  void aLostTruncationIsCaught() {
    assertThat(seedThatCatches(server -> server.disk.losesTruncation = true)).isPositive();
  }

  @Test
  void aLogThatForgetsItsEndIsCaught() {
    assertThat(seedThatCatches(server -> server.disk.hidesItsTail = true)).isPositive();
  }

  /** The first seed whose run fails with a bug planted in every server; -1 if none does. */
  private static long seedThatCatches(Consumer<SimServer> bug) {
    for (long seed = 1; seed <= CANARY_SEEDS_MAX; seed++) {
      try {
        run(seed, bug, line -> {});
      } catch (AssertionError e) {
        return seed;
      }
    }
    return -1;
  }

  private static long run(long seed, Consumer<SimServer> plant, Consumer<String> alsoTraced) {
    return run(seed, plant, alsoTraced, world -> {});
  }

  /**
   * One run.
   *
   * @param shown gets the world before it begins to turn
   */
  static long run(
      long seed, Consumer<SimServer> plant, Consumer<String> alsoTraced, Consumer<World> shown) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean reconfigures = random.nextInt(3) == 0;
    EnsembleConfig config =
        !reconfigures && random.nextInt(5) == 0
            ? grouped()
            : config(3 + 2 * random.nextInt(2), random.nextInt(3));
    World world = new World(random.split(), settings(reconfigures));
    shown.accept(world);
    List<String> tail = new ArrayList<>();
    world.traceTo(
        line -> {
          tail.add(world.nowMs + " " + line);
          alsoTraced.accept(line);
        });
    for (EnsembleServer server : config.servers()) {
      plant.accept(world.add(server.sid(), config));
    }
    for (int newcomers = reconfigures ? random.nextInt(3) : 0; newcomers > 0; newcomers--) {
      long sid = world.servers.size() + 1;
      plant.accept(world.add(sid, joining(config, sid)));
    }
    try {
      world.startAll();
      int[] proposed = new int[1];
      for (int step = 0; step < 150; step++) {
        fault(world, random);
        write(world, random, proposed);
        if (reconfigures && random.nextInt(8) == 0) {
          reconfigure(world, random);
        }
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

  private static void reconfigure(World world, SplittableRandom random) {
    SimServer leader = world.leader();
    if (leader == null || leader.zab().lastSeenConfig() != leader.zab().committedConfig()) {
      return;
    }
    EnsembleConfig next = reconfigured(world, random);
    if (leader.zab().hasSyncedQuorum(next)) {
      leader.reconfigure(next);
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

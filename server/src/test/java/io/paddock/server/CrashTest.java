package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.journal.MemoryStorage;
import io.paddock.journal.MemoryStorage.Fault;
import io.paddock.server.VirtualServer.World;
import io.paddock.testlib.QuietLog;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server under load dies at every write, force, cut, creation, renaming and deletion of its run,
 * one run for each; several fates of its disk are tried: everything written is there, or a part of
 * what was not forced, torn or without its name. What the next start makes of it is compared with a
 * replay of what was proposed on a plain model.
 */
@ExtendWith(QuietLog.class)
class CrashTest {
  private static final int SEEDS = Integer.getInteger("crash.seeds", 2);
  private static final int FATES = 2;
  private static final int TURNS = 400;

  @Test
  void aDeathAtAnyStepLosesNothingAcknowledgedAndLeavesNothingByHalves() throws IOException {
    for (int seed = 1; seed <= SEEDS; seed++) {
      int steps = stepsOfARun(seed);
      assertThat(steps).as("seed %d", seed).isGreaterThan(150);
      for (int step = 1; step <= steps; step++) {
        World world = new World();
        MemoryStorage disk = new MemoryStorage(seed);
        disk.failAt(step, Fault.CRASH);
        try {
          new VirtualServer(disk, world, seed).play(TURNS);
        } catch (IOException died) {
          assertThat(disk.isDead()).isTrue();
        }
        assertThat(disk.mutations()).isEqualTo(step);
        for (int fate = 0; fate < FATES; fate++) {
          String where = "seed " + seed + ", step " + step + ", fate " + fate;
          restart(disk, world.copy(), new Random(seed * 1_000_003L + step * 31L + fate), where);
        }
      }
    }
  }

  @Test
  void everySnapshotThatAPurgeLeavesCanBeTheStartOfARecovery() throws IOException {
    for (int seed = 1; seed <= 20; seed++) {
      MemoryStorage disk = new MemoryStorage(seed);
      World world = new World();
      VirtualServer server = new VirtualServer(disk, world, seed);
      server.play(TURNS);
      server.purge();
      server.settle();
      List<String> snapshots =
          disk.list().stream().filter(name -> name.startsWith("snapshot.")).toList();
      assertThat(snapshots).hasSizeGreaterThanOrEqualTo(3);
      for (String start : snapshots) {
        MemoryStorage copy = disk.kill(seed);
        for (String name : snapshots) {
          if (zxid(name) > zxid(start)) {
            copy.delete(name);
          }
        }
        copy.delete("paddock.snapshots");
        World past = world.copy();
        VirtualServer next = new VirtualServer(copy, past, seed);
        past.history().recovered(next.recovered(), "seed " + seed + ", from " + start);
      }
    }
  }

  private static long zxid(String snapshot) {
    return Long.parseLong(snapshot.substring("snapshot.".length()), 16);
  }

  private static int stepsOfARun(int seed) throws IOException {
    MemoryStorage disk = new MemoryStorage(seed);
    VirtualServer server = new VirtualServer(disk, new World(), seed);
    server.play(TURNS);
    assertThat(server.failure()).isNull();
    assertThat(server.load().refused()).isZero();
    assertThat(disk.list()).as("purged").doesNotContain("snapshot.0");
    return disk.mutations();
  }

  /** Starts on what is left, perhaps dying in the start as well; goes on; dies and starts again. */
  private static void restart(MemoryStorage died, World world, Random fate, String where)
      throws IOException {
    MemoryStorage disk = survivor(died, fate);
    while (true) {
      if (fate.nextInt(3) == 0) {
        disk.failAt(1 + fate.nextInt(8), Fault.CRASH);
      }
      try {
        VirtualServer server = new VirtualServer(disk, world, fate.nextLong());
        world.history().recovered(server.recovered(), where);
        server.play(fate.nextInt(60));
        assertThat(server.failure() == null || disk.isDead()).as(where).isTrue();
      } catch (IOException e) {
        if (!disk.isDead()) {
          throw e;
        }
      }
      disk = survivor(disk, fate);
      if (fate.nextInt(3) == 0) {
        break;
      }
    }
    VirtualServer last = new VirtualServer(disk, world, fate.nextLong());
    world.history().recovered(last.recovered(), where + ", in the end");
  }

  /** What a death leaves of a disk. */
  static MemoryStorage survivor(MemoryStorage disk, Random fate) {
    return fate.nextInt(3) == 0 ? disk.kill(fate.nextLong()) : disk.crash(fate.nextLong());
  }
}

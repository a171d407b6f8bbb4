package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.journal.MemoryStorage;
import io.paddock.journal.MemoryStorage.Fault;
import io.paddock.server.VirtualServer.World;
import io.paddock.testlib.QuietLog;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A disk that fails: nobody knows what it holds, so the server stops and never tries again. */
@ExtendWith(QuietLog.class)
class FailedForceTest {
  private static final int SEED = 3;
  private static final int TURNS = 350;

  @Test
  void aFailureAtAnyStepStopsTheServerAtOnceAndARestartHasEverythingAcknowledged()
      throws IOException {
    int stopped = 0;
    int steps = stepsOfARun();
    for (int step = 1; step <= steps; step++) {
      World world = new World();
      MemoryStorage disk = new MemoryStorage(step);
      disk.failAt(step, Fault.ERROR);
      VirtualServer server;
      try {
        server = new VirtualServer(disk, world, SEED);
      } catch (IOException notStarted) {
        assertThat(step).isLessThan(15);
        continue;
      }
      server.play(TURNS);
      if (server.failure() != null) {
        stopped++;
        assertThat(server.mutationsAtFailure()).as("nothing is tried again").isEqualTo(step);
        checkStopped(server, disk, world);
      }
      Random fate = new Random(step);
      VirtualServer next = new VirtualServer(CrashTest.survivor(disk, fate), world, step);
      world.history().recovered(next.recovered(), "step " + step);
      next.play(60);
      next.settle();
      assertThat(next.load().accepted()).as("a restart goes on").isPositive();
    }
    assertThat(stopped).isGreaterThan(steps / 2);
  }

  /** Nothing is acknowledged any more, and nothing written but what was on its way. */
  private static void checkStopped(VirtualServer server, MemoryStorage disk, World world) {
    server.settle();
    int mutations = disk.mutations();
    long acknowledged = world.history().acknowledged();
    for (int i = 0; i < 10; i++) {
      server.load().submitSome();
      server.settle();
    }
    assertThat(disk.mutations()).isEqualTo(mutations);
    assertThat(world.history().acknowledged()).isEqualTo(acknowledged);
  }

  private static int stepsOfARun() throws IOException {
    MemoryStorage disk = new MemoryStorage(0);
    new VirtualServer(disk, new World(), SEED).play(TURNS);
    return disk.mutations();
  }
}

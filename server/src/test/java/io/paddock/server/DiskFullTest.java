package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.journal.DiskFullException;
import io.paddock.journal.Journal;
import io.paddock.journal.JournalSettings;
import io.paddock.journal.MemoryStorage;
import io.paddock.journal.MemoryStorage.Fault;
import io.paddock.machine.DataLoader;
import io.paddock.replica.Submission;
import io.paddock.server.VirtualServer.World;
import io.paddock.testlib.QuietLog;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The disk runs out of room while a server is under load. */
@ExtendWith(QuietLog.class)
class DiskFullTest {
  private static final int POINTS = 100;
  private static final int SEED = 7;
  private static final long ENOUGH = Long.MAX_VALUE;

  @Test
  void aFullDiskRefusesWritesLosesNothingAndLetsThemGoOnWhenThereIsRoom() throws IOException {
    int full = 0;
    for (int point = 0; point < POINTS; point++) {
      Random random = new Random(point);
      World world = new World();
      MemoryStorage disk = new MemoryStorage(point);
      VirtualServer server = new VirtualServer(disk, world, point);
      server.play(50 + random.nextInt(200));
      disk.setCapacityBytes(disk.usedBytes() + random.nextInt(3000));
      server.play(150);
      assertThat(server.failure()).isNull();
      if (server.replica().isDiskFull()) {
        full++;
        checkService(server, world);
        if (random.nextBoolean()) {
          disk = CrashTest.survivor(disk, random);
          server = restart(disk, world, "point " + point + ", full");
          server.play(60);
          checkSessionsStay(server);
        }
      }
      disk.setCapacityBytes(ENOUGH);
      checkWritesGoOn(server);
      restart(CrashTest.survivor(disk, random), world, "point " + point);
    }
    assertThat(full).as("points at which the disk was full").isGreaterThan(POINTS / 2);
  }

  @Test
  void aMomentWithoutRoomAtAnyStepLosesNothing() throws IOException {
    int steps = stepsOfARun();
    int refusals = 0;
    for (int step = 1; step <= steps; step++) {
      World world = new World();
      MemoryStorage disk = new MemoryStorage(step);
      disk.failAt(step, Fault.DISK_FULL);
      try {
        VirtualServer server = new VirtualServer(disk, world, SEED);
        server.play(300, () -> server.replica().isDiskFull());
        refusals += server.load().refused();
        if (server.isUp() && step % 2 == 0) {
          server.play(100);
          checkWritesGoOn(server);
        }
      } catch (DiskFullException notStarted) {
        assertThat(step).as("a start needs room for little").isLessThan(15);
      }
      Random fate = new Random(step);
      VirtualServer next = restart(CrashTest.survivor(disk, fate), world, "step " + step);
      checkWritesGoOn(next);
    }
    assertThat(refusals).isPositive();
  }

  @Test
  void aSnapshotWithoutRoomLeavesNothingBehind() throws IOException {
    MemoryStorage disk = new MemoryStorage(1);
    Journal journal = Journal.open(disk, disk, JournalSettings.defaults(), () -> 0);
    Tree tree = new DataLoader(journal, TreeSettings.DEFAULT, true).load();
    List<String> before = disk.list();
    for (int room = 0; room < 300; room += 7) {
      disk.setCapacityBytes(disk.usedBytes() + room);
      assertThatThrownBy(() -> DataLoader.writeSnapshot(journal, tree.withZxid(9), true))
          .isInstanceOf(DiskFullException.class);
      assertThat(disk.list()).isEqualTo(before);
    }
    disk.setCapacityBytes(ENOUGH);
    DataLoader.writeSnapshot(journal, tree.withZxid(9), true);
    assertThat(disk.list()).contains("snapshot.9");
  }

  private static int stepsOfARun() throws IOException {
    MemoryStorage disk = new MemoryStorage(0);
    new VirtualServer(disk, new World(), SEED).play(300);
    return disk.mutations();
  }

  private static VirtualServer restart(MemoryStorage disk, World world, String where)
      throws IOException {
    VirtualServer server = new VirtualServer(disk, world, 99);
    world.history().recovered(server.recovered(), where);
    return server;
  }

  /** With a full disk: writes are refused, reads see all that was acknowledged, syncs come back. */
  private static void checkService(VirtualServer server, World world) {
    int refused = server.load().refused();
    int synced = server.load().synced();
    server.load().submitSome();
    server.core().submit(Submission.sync(1, 1, server.load()));
    server.settle();
    assertThat(server.load().synced()).isGreaterThan(synced);
    assertThat(server.core().tree().zxid()).isEqualTo(world.history().acknowledged());
    assertThat(server.load().refused()).isGreaterThanOrEqualTo(refused);
    checkSessionsStay(server);
  }

  /** Long after every timeout the sessions of those who are heard are there. */
  private static void checkSessionsStay(VirtualServer server) {
    for (int ms = 0; ms < 3 * Load.TIMEOUT_MS; ms += 50) {
      server.pass(50);
      server.journalTurn();
    }
    server.settle();
    TreeSet<Long> living = server.load().living();
    assertThat(living).allMatch(id -> server.core().tree().sessionTimeoutMs(id) > 0);
  }

  private static void checkWritesGoOn(VirtualServer server) throws IOException {
    int accepted = server.load().accepted();
    for (int i = 0; i < 50 && server.load().accepted() < accepted + 5; i++) {
      server.play(10);
    }
    assertThat(server.failure()).isNull();
    assertThat(server.load().accepted()).isGreaterThan(accepted);
    server.settle();
    assertThat(server.replica().isDiskFull()).isFalse();
  }
}

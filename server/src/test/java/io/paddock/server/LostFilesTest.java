package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.journal.MemoryStorage;
import io.paddock.server.VirtualServer.World;
import io.paddock.testlib.QuietLog;
import io.paddock.zab.Role;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Somebody removes files under a server that is under load, alone or in an ensemble. */
@ExtendWith(QuietLog.class)
class LostFilesTest {
  private static final int POINTS = 120;
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  @Test
  void whateverIsRemovedIsMadeAnewAndNothingIsAcknowledgedBefore() throws IOException {
    for (int point = 0; point < POINTS; point++) {
      Random random = new Random(point);
      World world = new World();
      MemoryStorage disk = new MemoryStorage(point);
      VirtualServer server = new VirtualServer(disk, world, point);
      server.play(30 + random.nextInt(200));
      harm(disk, random);
      // What was acknowledged until here is lost with the process, if that dies at once.
      server.look();
      server.play(0);
      long before = world.history().acknowledged();
      server.play(random.nextInt(12));
      if (world.history().acknowledged() > before) {
        restart(CrashTest.survivor(disk, random), world, "acknowledged again, point " + point);
        continue;
      }
      server.play(100);
      server.settle();
      assertThat(server.failure()).as("point %d", point).isNull();
      assertThat(server.load().accepted()).isPositive();
      restart(CrashTest.survivor(disk, random), world, "point " + point);
    }
  }

  @Test
  void aLostLogIsNoticedByTheNextForceWithoutALook() throws IOException {
    for (int point = 0; point < POINTS; point++) {
      Random random = new Random(point);
      World world = new World();
      MemoryStorage disk = new MemoryStorage(point);
      VirtualServer server = new VirtualServer(disk, world, point);
      server.play(60 + random.nextInt(100));
      server.settle();
      long before = world.history().acknowledged();
      disk.vanish();
      while (world.history().acknowledged() == before) {
        server.play(1);
      }
      restart(CrashTest.survivor(disk, random), world, "point " + point);
    }
  }

  @Test
  void withoutRoomToMakeThemAnewWritesAreRefusedAndGoOnWhenThereIsSome() throws IOException {
    World world = new World();
    MemoryStorage disk = new MemoryStorage(5);
    VirtualServer server = new VirtualServer(disk, world, 5);
    server.play(200);
    server.settle();
    disk.vanish();
    disk.setCapacityBytes(10);
    server.look();
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!server.replica().isDiskFull() && System.nanoTime() < deadline) {
      server.play(5);
    }
    assertThat(server.replica().isDiskFull()).isTrue();
    disk.setCapacityBytes(Long.MAX_VALUE);
    while (server.replica().isDiskFull() && System.nanoTime() < deadline) {
      server.play(5);
    }
    server.settle();
    assertThat(server.failure()).isNull();
    assertThat(server.replica().isDiskFull()).isFalse();
    restart(CrashTest.survivor(disk, new Random(1)), world, "room again");
  }

  @Test
  void aMemberStaysInItsEnsembleWhileItMakesItsFilesAnew() throws IOException {
    for (int seed = 1; seed <= 6; seed++) {
      VirtualEnsemble ensemble = new VirtualEnsemble(seed, "lost files, seed " + seed);
      ensemble.startAll();
      ensemble.openSession();
      ensemble.write(ensemble.leader(), 20);
      ensemble.await("all are there", ensemble::isWhole);
      int leader = ensemble.leader();
      for (int i = 1; i <= VirtualEnsemble.SIZE; i++) {
        ensemble.disk(i).vanish();
        ensemble.write(leader, 5);
        ensemble.await("it goes on", ensemble::isWhole);
        assertThat(ensemble.leader()).as("nobody has left").isEqualTo(leader);
        assertThat(ensemble.member(i).replica().serving()).isNotEqualTo(Role.LOOKING);
        assertThat(ensemble.disk(i).list())
            .contains("acceptedEpoch", "currentEpoch")
            .anyMatch(name -> name.startsWith("snapshot."));
      }
      ensemble.write(leader, 20);
      ensemble.checkSame();
      assertThat(ensemble.halts()).isEmpty();
    }
  }

  private static void harm(MemoryStorage disk, Random random) throws IOException {
    List<String> logs = disk.list().stream().filter(name -> name.startsWith("log.")).toList();
    List<String> snapshots =
        disk.list().stream().filter(name -> name.startsWith("snapshot.")).toList();
    switch (random.nextInt(logs.isEmpty() ? 2 : 5)) {
      case 0 -> disk.vanish();
      case 1 -> snapshots.forEach(disk::lose);
      case 2 -> logs.forEach(disk::lose);
      case 3 -> disk.cut(logs.get(random.nextInt(logs.size())), random.nextInt(16));
      default -> disk.list().forEach(disk::lose);
    }
  }

  private static void restart(MemoryStorage disk, World world, String where) throws IOException {
    VirtualServer server = new VirtualServer(disk, world, 99);
    world.history().recovered(server.recovered(), where);
    server.play(30);
  }
}

package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedEnsemble.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Three Paddock processes under load, each with a disk of its own, and one of these is full. */
class EnsembleFullDiskTest {
  private static final int MEGABYTES = 12;
  private static final int CLIENTS = 4;
  private static final int WRITES = 3;
  private static final String COMPLAINT = "no space is left on its device";

  @Test
  void theOthersGoOnWhileOneHasNoRoomAndItComesBackWhenItHas() throws IOException {
    List<String> settings = new ArrayList<>(EnsembleFault.SETTINGS);
    settings.replaceAll(line -> line.startsWith("snapCount") ? "snapCount=100000" : line);
    try (EnsembleProcesses ensemble = new EnsembleProcesses(new LoopbackLinks(3), 3, 0, settings);
        Disks disks = new Disks(ensemble)) {
      ensemble.all().forEach(i -> ensemble.start(i, Kind.PADDOCK));
      ensemble.awaitServing(ensemble.all());
      Random random = new Random();
      try (RecordedLoad load =
          new RecordedLoad("/r", ensemble.clients(), CLIENTS, System.nanoTime())) {
        int follower = EnsembleFault.follower(ensemble, random);
        fillUp(ensemble, disks, load, follower);
        load.audit("a follower's disk was full");
        int leader = ensemble.awaitLeader();
        fillUp(ensemble, disks, load, leader);
        load.audit("the leader's disk was full");
        load.end();
        System.out.println(load.acknowledged() + " writes checked");
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + ensemble.tails(), e);
      }
    }
  }

  private static void fillUp(
      EnsembleProcesses ensemble, Disks disks, RecordedLoad load, int server) {
    int before = complaints(ensemble, server);
    disks.of(server).fillUp();
    ensemble.await("complaint of server " + server, () -> complaints(ensemble, server) > before);
    load.awaitProgress(WRITES);
    assertThat(ensemble.awaitLeader()).isNotEqualTo(server);
    assertThat(ensemble.isAlive(server)).isTrue();
    disks.of(server).makeRoom();
    ensemble.awaitServing(ensemble.all());
    load.awaitProgress(WRITES);
  }

  private static int complaints(EnsembleProcesses ensemble, int server) {
    return ensemble.logged(server).split(COMPLAINT, -1).length;
  }

  /** One disk for each server. */
  private static final class Disks implements AutoCloseable {
    private final List<SmallDisk> disks = new ArrayList<>();

    Disks(EnsembleProcesses ensemble) throws IOException {
      for (int i : ensemble.all()) {
        disks.add(new SmallDisk(ensemble.dataDir(i), MEGABYTES));
        ensemble.nameSeat(i);
      }
    }

    SmallDisk of(int server) {
      return disks.get(server - 1);
    }

    @Override
    public void close() {
      disks.forEach(SmallDisk::close);
    }
  }
}

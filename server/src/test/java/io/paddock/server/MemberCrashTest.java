package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.journal.DiskFailedException;
import io.paddock.journal.MemoryStorage;
import io.paddock.journal.MemoryStorage.Fault;
import io.paddock.testlib.QuietLog;
import io.paddock.zab.QuorumPacket;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Something happens to a member at every write, force, cut, creation, renaming and deletion of its
 * life, one run for each: while it writes its epochs, its log and its snapshots, while a tail that
 * nobody else has is cut from its log, while a leader's snapshot takes the place of it all.
 * Whatever its disk keeps, it keeps its promises, and the three come to have the same.
 */
@ExtendWith(QuietLog.class)
class MemberCrashTest {
  private static final int FATES = Integer.getInteger("crash.fates", 1);

  /** How the old leader's tail is taken from it. */
  enum Tail {
    CUT,
    /** The same, after the others have gone on without it. */
    CUT_LATE,
    REPLACED
  }

  @ParameterizedTest
  @EnumSource
  void aDeathAtAnyStepBreaksNoPromise(Tail tail) throws IOException {
    for (int step = 1; step <= steps(tail); step++) {
      for (int fate = 0; fate < FATES; fate++) {
        live(1000L * fate + step, tail, step, Fault.CRASH);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailureAtAnyStepStopsItAtOnceAndARestartGoesOn(Tail tail) throws IOException {
    int steps = steps(tail);
    int halts = 0;
    for (int step = 1; step <= steps; step++) {
      halts += live(step, tail, step, Fault.ERROR).halts().size();
    }
    assertThat(halts).isGreaterThan(steps / 2);
  }

  /** But for a force that fails: that is a failure, whatever the reason. */
  @ParameterizedTest
  @EnumSource
  void aFullDiskAtAnyStepButAForceStopsNobody(Tail tail) throws IOException {
    int steps = steps(tail);
    int halts = 0;
    for (int step = 1; step <= steps; step++) {
      List<Throwable> causes = live(step, tail, step, Fault.DISK_FULL).halts();
      assertThat(causes)
          .as("step %d", step)
          .allSatisfy(
              cause ->
                  assertThat(cause)
                      .isInstanceOf(DiskFailedException.class)
                      .hasMessageContaining("cannot force"));
      halts += causes.size();
    }
    assertThat(halts).isLessThan(steps / 2);
  }

  private static int steps(Tail tail) throws IOException {
    VirtualEnsemble ensemble = live(1, tail, 0, Fault.ERROR);
    int snapshots = tail == Tail.REPLACED ? 1 : 0;
    assertThat(ensemble.count(QuorumPacket.Kind.SNAP)).isEqualTo(snapshots);
    assertThat(ensemble.count(QuorumPacket.Kind.TRUNC)).isEqualTo(1 - snapshots);
    assertThat(ensemble.steps()).isGreaterThan(50);
    return ensemble.steps();
  }

  /** The life of three members; at a step of the first leader's disk there is a fault. */
  private static VirtualEnsemble live(long seed, Tail tail, int step, Fault fault)
      throws IOException {
    VirtualEnsemble ensemble =
        new VirtualEnsemble(seed, tail + ", " + fault + " at step " + step + ", seed " + seed);
    MemoryStorage disk = ensemble.disk(VirtualEnsemble.SIZE);
    if (step > 0) {
      disk.failAt(step, fault);
    }
    ensemble.startAll();
    ensemble.openSession();
    for (int i = 0; i < 6; i++) {
      ensemble.write(ensemble.leader(), 2);
      ensemble.await("its writes are there", ensemble::settled);
    }
    if (tail == Tail.REPLACED) {
      // What follows is in an epoch that leaves nothing, so no log tells where to cut.
      ensemble.changeLeader();
      ensemble.changeLeader();
    }
    int leader = ensemble.leader();
    ensemble.cut(leader, true);
    ensemble.write(leader, 4);
    ensemble.await("another leads", () -> ensemble.leader() != 0 && ensemble.settled());
    if (tail != Tail.CUT) {
      ensemble.write(ensemble.leader(), 3);
      ensemble.await("writes without it", ensemble::settled);
    }
    ensemble.cut(leader, false);
    ensemble.await("it is back", () -> ensemble.settled() && ensemble.member(leader) != null);
    ensemble.write(ensemble.leader(), 3);
    ensemble.await("all are back", ensemble::isWhole);
    ensemble.steps(disk.mutations());
    ensemble.checkSame();
    return ensemble;
  }
}

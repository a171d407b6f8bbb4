package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.testlib.LogLines;
import io.paddock.testlib.QuietLog;
import io.paddock.zab.QuorumPacket;
import io.paddock.zab.Role;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Members whose disk is full: out of the ensemble until there is room, and then back in it. */
@ExtendWith(QuietLog.class)
class MemberDiskFullTest {
  private static final long LONG_MS = 20_000;

  private VirtualEnsemble ensemble;
  private int leader;
  private int follower;

  @BeforeEach
  void form() throws IOException {
    ensemble = new VirtualEnsemble(5, "full disk");
    ensemble.startAll();
    ensemble.openSession();
    ensemble.write(ensemble.leader(), 5);
    ensemble.await("all are there", ensemble::isWhole);
    leader = ensemble.leader();
    follower = leader == 1 ? 2 : 1;
  }

  @Test
  void aFollowerLeavesUntilThereIsRoomAndSaysWhyOnce() throws IOException {
    try (LogLines log = new LogLines()) {
      fill(follower);
      ensemble.write(leader, 5);
      ensemble.await("it leaves", () -> serving(follower) == Role.LOOKING);
      checkStaysOut(follower);
      assertThat(serving(leader)).as("the others go on").isEqualTo(Role.LEADING);
      ensemble.disk(follower).setCapacityBytes(Long.MAX_VALUE);
      ensemble.await("it is back", () -> serving(follower) != Role.LOOKING);
      assertThat(
              log.count("This server leaves the ensemble until its disk takes transactions again"))
          .isOne();
      assertThat(log.count("cannot be saved")).isZero();
      assertThat(log.count("The disk takes what is to be saved again")).isOne();
    }
    ensemble.checkSame();
  }

  @Test
  void whatAFollowerHasPublishedBeforeItsDiskWasFullIsNotAppliedTwice() throws IOException {
    ensemble.member(follower).slowDisk(true);
    long before = ensemble.member(follower).zxid();
    ensemble.write(leader, 5);
    ensemble.await(
        "the others' quorum decides", () -> ensemble.member(follower).zxid() == before + 5);
    fill(follower);
    ensemble.member(follower).slowDisk(false);
    ensemble.await("it leaves", () -> serving(follower) == Role.LOOKING);
    ensemble.disk(follower).setCapacityBytes(Long.MAX_VALUE);
    ensemble.await("it is back", () -> serving(follower) != Role.LOOKING);
    ensemble.checkSame();
  }

  @Test
  void aLeaderStepsDownAndAnotherLeads() throws IOException {
    fill(leader);
    ensemble.write(leader, 5);
    ensemble.await("another leads", () -> ensemble.leader() != 0 && ensemble.leader() != leader);
    ensemble.write(ensemble.leader(), 5);
    checkStaysOut(leader);
    ensemble.disk(leader).setCapacityBytes(Long.MAX_VALUE);
    ensemble.await("it is back", () -> serving(leader) == Role.FOLLOWING);
    ensemble.checkSame();
  }

  @Test
  void aLeadersSnapshotWaitsForRoomAndTheOldStateStaysValid() throws IOException {
    changeLeader();
    ensemble.cut(leader, true);
    ensemble.write(leader, 3);
    ensemble.await("another leads", () -> ensemble.leader() != 0 && ensemble.settled());
    ensemble.write(ensemble.leader(), 3);
    ensemble.await("it goes on", ensemble::settled);
    ensemble.disk(leader).setCapacityBytes(ensemble.disk(leader).usedBytes() + 60);
    ensemble.cut(leader, false);
    int snaps = ensemble.count(QuorumPacket.Kind.SNAP);
    ensemble.await("a snapshot comes", () -> ensemble.count(QuorumPacket.Kind.SNAP) > snaps);
    checkStaysOut(leader);
    assertThat(ensemble.count(QuorumPacket.Kind.SNAP)).as("it is sent once").isEqualTo(snaps + 1);
    assertThat(ensemble.disk(leader).list()).noneMatch(name -> name.startsWith("tmp."));

    ensemble.bury(leader);
    ensemble.disk(leader).setCapacityBytes(Long.MAX_VALUE);
    ensemble.await("its old state starts", () -> ensemble.member(leader) != null);
    ensemble.await("it is back", ensemble::isWhole);
    ensemble.checkSame();
  }

  @Test
  void aLeadersSnapshotIsSavedOnceThereIsRoom() throws IOException {
    changeLeader();
    ensemble.cut(leader, true);
    ensemble.write(leader, 3);
    ensemble.await("another leads", () -> ensemble.leader() != 0 && ensemble.settled());
    ensemble.write(ensemble.leader(), 3);
    ensemble.await("it goes on", ensemble::settled);
    ensemble.disk(leader).setCapacityBytes(ensemble.disk(leader).usedBytes() + 60);
    try (LogLines log = new LogLines()) {
      ensemble.cut(leader, false);
      checkStaysOut(leader);
      ensemble.disk(leader).setCapacityBytes(Long.MAX_VALUE);
      ensemble.await("it is back", () -> serving(leader) == Role.FOLLOWING);
      assertThat(log.count("the leader's snapshot cannot be saved")).isOne();
      assertThat(log.count("The disk takes what is to be saved again")).isOne();
    }
    ensemble.checkSame();
  }

  /** What is then logged and lost is in an epoch that leaves nothing: no log tells where to cut. */
  private void changeLeader() throws IOException {
    ensemble.changeLeader();
    leader = ensemble.leader();
  }

  private void fill(int i) {
    ensemble.disk(i).setCapacityBytes(ensemble.disk(i).usedBytes());
  }

  private Role serving(int i) {
    return ensemble.member(i).replica().serving();
  }

  /** However long it takes, it does not serve, and it does not stop. */
  private void checkStaysOut(int i) throws IOException {
    long until = ensemble.monotonicMs() + LONG_MS;
    ensemble.await(
        "time passes",
        () -> {
          assertThat(serving(i)).isEqualTo(Role.LOOKING);
          return ensemble.monotonicMs() > until;
        });
    assertThat(ensemble.halts()).isEmpty();
  }
}

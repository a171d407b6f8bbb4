package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A server alone: a member whose quorum is itself. */
class ZabTest {
  private final Recorder world = new Recorder();

  private Zab started(long lastLogged) {
    Zab zab = Zab.alone(lastLogged, world);
    zab.on(new ZabInput.Start(0));
    world.take();
    return zab;
  }

  private void propose(Zab zab) {
    zab.propose(zab.nextZxid(), new byte[1], 0, 1);
  }

  @Test
  void aloneItLeadsAtOnceAndAllThatItHasIsCommitted() {
    Zab zab = Zab.alone(7, world);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
    zab.on(new ZabInput.Start(0));
    assertThat(world.take()).containsExactly("commit 0x7", "became LEADING");
    assertThat(zab.role()).isEqualTo(Role.LEADING);
    assertThat(zab.phase()).isEqualTo(Phase.BROADCAST);
    assertThat(zab.nextZxid()).isEqualTo(8);
    assertThat(zab.lastCommitted()).isEqualTo(7);
  }

  @Test
  void nothingIsCommittedBeforeItIsDurable() {
    Zab zab = started(0);
    propose(zab);
    propose(zab);
    assertThat(world.take()).containsExactly("append 0x1", "append 0x2");
    zab.on(new ZabInput.Durable(1));
    assertThat(world.take()).containsExactly("commit 0x1");
    zab.on(new ZabInput.Durable(2));
    assertThat(world.take()).containsExactly("commit 0x2");
  }

  @Test
  void oneDurableSpeaksForAllBeforeIt() {
    Zab zab = started(0);
    propose(zab);
    propose(zab);
    propose(zab);
    world.take();
    zab.on(new ZabInput.Durable(3));
    assertThat(world.take()).containsExactly("commit 0x3");
    assertThat(zab.lastCommitted()).isEqualTo(3);
    zab.on(new ZabInput.Durable(2));
    assertThat(world.take()).isEmpty();
  }

  @Test
  void whatWasNeverProposedCannotBeDurable() {
    Zab zab = started(0);
    assertThatThrownBy(() -> zab.on(new ZabInput.Durable(1)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void zxidsHaveNoHoles() {
    Zab zab = started(0);
    assertThatThrownBy(() -> zab.propose(2, new byte[1], 0, 1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void lostAppendsAreTakenBackAndTheirZxidsUsedAgain() {
    Zab zab = started(0);
    propose(zab);
    zab.on(new ZabInput.Durable(1));
    propose(zab);
    propose(zab);
    world.take();
    zab.on(new ZabInput.AppendsLost());
    assertThat(zab.role()).isEqualTo(Role.LEADING);
    assertThat(zab.nextZxid()).isEqualTo(2);
    propose(zab);
    zab.on(new ZabInput.Durable(2));
    assertThat(world.take()).containsExactly("append 0x2", "commit 0x2");
  }

  /** As ZooKeeper's standalone server, which has no epoch to go to. */
  @Test
  void itGoesOnInTheEpochOfItsLogAndCountsOverItsEnd() {
    Zab zab = started(Zxid.of(3, 0xfffffffeL));
    for (int i = 0; i < 3; i++) {
      propose(zab);
    }
    zab.on(new ZabInput.Durable(zab.lastProposed()));
    assertThat(world.take())
        .containsExactly(
            "append 0x3ffffffff", "append 0x400000000", "append 0x400000001", "commit 0x400000001");
    assertThat(zab.canPropose()).isTrue();
  }

  @Test
  void timeChangesNothingForAServerAlone() {
    Zab zab = started(5);
    for (long nowMs = 0; nowMs < 1_000_000; nowMs += 5000) {
      zab.on(new ZabInput.Tick(nowMs));
    }
    assertThat(world.take()).isEmpty();
    assertThat(zab.canPropose()).isTrue();
  }

  @Test
  void peersAreAnErrorAtAServerAlone() {
    Zab zab = started(0);
    for (ZabInput input :
        List.of(
            new ZabInput.LearnerConnected(1),
            new ZabInput.VoterGone(2),
            new ZabInput.Truncated(0),
            new ZabInput.Sync(1))) {
      assertThatThrownBy(() -> zab.on(input)).hasMessageContaining("no peers");
    }
  }

  @Test
  void aMajorityDecidesTheMiddleOfWhatWasAcknowledged() {
    Quorum three = Quorum.majority(List.of(1L, 2L, 3L));
    assertThat(three.decided(new long[] {5, 3, 9})).isEqualTo(5);
    Quorum four = Quorum.majority(List.of(1L, 2L, 3L, 4L));
    assertThat(four.decided(new long[] {5, 3, 9, 4})).isEqualTo(4);
    assertThat(Quorum.majority(List.of(1L)).decided(new long[] {4})).isEqualTo(4);
  }
}

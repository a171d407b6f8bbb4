package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.OpCode;
import org.junit.jupiter.api.Test;

/** Writes that wait because enough is in work (operations sheet, section 2.2), in virtual time. */
class ThrottleTest {
  private static final long MS = 1_000_000;
  private static final ThrottleRules TWO = new ThrottleRules(2, true, true, false, 0);

  private final World world = new World();
  private final World.Counted counted = world.counted;

  private Client client(String name, ThrottleRules rules) {
    if (world.loops.get(0).throttle() == null) {
      world.loops.get(0).throttleBy(rules);
    }
    Client client = world.connect(name);
    counted.throttledMs.clear();
    return client;
  }

  private void pass(long ms) {
    world.nowNanos += ms * MS;
  }

  private boolean exists(String path) {
    return world.last().tree().find(path) != null;
  }

  @Test
  void noMoreThanTheBoundAreInWorkAndAllAreDoneInOrder() {
    Client ann = client("ann", TWO);
    ann.create(1, "/a", "").create(2, "/b", "").create(3, "/c", "").get(4, "/c", false);
    ann.create(5, "/d", "");
    assertThat(world.outstanding()).isEqualTo(2);
    assertThat(world.loops.get(0).heldWrites()).isEqualTo(2);
    pass(7);
    assertThat(ann.settle().heard()).containsExactly("#1 @2", "#2 @3");
    assertThat(world.outstanding()).isEqualTo(2);
    assertThat(ann.settle().heard()).containsExactly("#3 @4", "#4 @4", "#5 @5");
    assertThat(counted.throttleWaits).isEqualTo(2);
    assertThat(counted.throttledMs).containsExactly(0L, 0L, 7L, 7L);
  }

  @Test
  void whoComesLaterDoesNotOvertake() {
    Client ann = client("ann", TWO);
    Client bob = client("bob", TWO);
    ann.create(1, "/a", "").create(2, "/b", "").create(3, "/c", "");
    world.commit();
    // There is room now, and nobody has looked.
    bob.create(1, "/d", "");
    world.settle().settle();
    assertThat(ann.heard()).last().isEqualTo("#3 @5");
    assertThat(bob.heard()).containsExactly("#1 @6");
  }

  @Test
  void readsThatNothingIsBeforeDoNotWait() {
    Client ann = client("ann", TWO);
    Client bob = client("bob", TWO);
    ann.create(1, "/a", "").create(2, "/b", "").create(3, "/c", "");
    assertThat(bob.get(1, "/", false).ping().heard()).containsExactly("#1 @2", "#-2 @2");
  }

  @Test
  void aWriteThatWaitsTooLongIsNotDoneAndSaysSoInItsTurn() {
    Client ann = client("ann", new ThrottleRules(2, true, true, false, 100 * MS));
    ann.create(1, "/a", "").create(2, "/b", "").create(3, "/c", "");
    ann.send(4, OpCode.SYNC, body -> body.writeString("/"));
    ann.read(5, OpCode.EXISTS, "/c", false).closeSession(6);
    pass(101);
    ann.settle();
    assertThat(ann.settle().heard())
        .containsExactly(
            "#1 @2", "#2 @3", "#3 @3 err -127", "#4 @3 err -127", "#5 @3 err -101", "#6 @4");
    assertThat(exists("/c")).isFalse();
    assertThat(ann.closed).isTrue();
    assertThat(counted.throttledOps).isEqualTo(2);
  }

  @Test
  void aLateWriteStillWaitsForTheAnswersBeforeIt() {
    Client ann = client("ann", new ThrottleRules(1, true, true, false, 100 * MS));
    ann.create(1, "/a", "").create(2, "/b", "").create(3, "/c", "");
    ann.settle();
    assertThat(ann.heard()).containsExactly("#1 @2");
    pass(101);
    // The second is in work, the third is too late: only looked at once there is room.
    assertThat(ann.settle().heard()).containsExactly("#2 @3", "#3 @3 err -127");
  }

  @Test
  void whatAGoneClientLeftIsDropped() {
    Client ann = client("ann", TWO);
    Client bob = client("bob", TWO);
    ann.create(1, "/a", "").create(2, "/b", "");
    bob.create(1, "/c", "").create(2, "/d", "");
    bob.lane.onClosed();
    assertThat(world.loops.get(0).pendingBytes()).as("held in memory").isPositive();
    ann.create(3, "/e", "").settle().settle();
    assertThat(exists("/c") || exists("/d")).isFalse();
    assertThat(exists("/e")).isTrue();
    assertThat(counted.staleDropped).isOne();
    assertThat(world.loops.get(0).pendingBytes()).isZero();
  }

  @Test
  void whatAGoneClientLeftIsDoneWhereThatIsWanted() {
    Client ann = client("ann", new ThrottleRules(2, false, true, false, 0));
    Client bob = client("bob", TWO);
    ann.create(1, "/a", "").create(2, "/b", "");
    bob.create(1, "/c", "");
    bob.lane.onClosed();
    world.settle().settle();
    assertThat(exists("/c")).isTrue();
    assertThat(counted.stale).isOne();
    assertThat(counted.staleDropped).isZero();
    assertThat(world.loops.get(0).pendingBytes()).isZero();
  }

  @Test
  void whoWaitedForLongerThanItsSessionMayIsCutOffWhereThatIsWanted() {
    Client ann = client("ann", new ThrottleRules(1, true, true, true, 0));
    ann.create(1, "/a", "").create(2, "/b", "").create(3, "/c", "");
    pass(30_001);
    world.settle().settle();
    assertThat(exists("/a")).isTrue();
    assertThat(exists("/b") || exists("/c")).isFalse();
    assertThat(ann.closed).isTrue();
    assertThat(counted.staleDropped).isOne();
    assertThat(world.loops.get(0).heldWrites()).isZero();
  }

  @Test
  void largeRequestsAreCountedWhileTheyWait() {
    View loop = world.loops.get(0);
    loop.countLargeFrom(100);
    Client ann = world.connect("ann");
    ann.create(1, "/a", "x".repeat(30)).create(2, "/b", "x".repeat(200));
    long large = loop.largeBytes();
    assertThat(large).isBetween(200L, 300L);
    ann.set(3, "/b", "x".repeat(200));
    assertThat(loop.largeBytes()).isGreaterThan(large + 200);
    ann.settle();
    assertThat(loop.largeBytes()).isZero();
    ann.set(4, "/b", "x".repeat(200)).lane.onClosed();
    assertThat(loop.largeBytes()).isZero();
  }
}

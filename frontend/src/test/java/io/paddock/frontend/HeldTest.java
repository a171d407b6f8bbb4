package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.replica.FeedItems;
import org.junit.jupiter.api.Test;

/** Clients between two leaders. */
class HeldTest {
  private static final long SECOND = 1_000_000_000L;

  private final World world = new World();
  private final View loop = world.loops.get(0);

  private Client connect(String name) {
    return world.connect(name);
  }

  private void hold() {
    world.leaderless = true;
    loop.hold(world.nowNanos);
  }

  @Test
  void nothingIsTakenFromAClientUntilThereIsALeader() {
    Client ann = connect("ann");
    hold();
    assertThat(ann.lane.wantsRead()).isFalse();
    assertThat(loop.goOn(world.nowNanos)).isZero();
    assertThat(ann.lane.wantsRead()).isTrue();
    assertThat(ann.resumed).isPositive();
    assertThat(ann.closed).isFalse();
  }

  @Test
  void whatWasNotAnsweredIsAskedAgainInItsOrder() {
    Client ann = connect("ann");
    world.leaderless = true;
    ann.create(1, "/a", "x").get(2, "/a", false).set(3, "/a", "y");
    hold();
    world.asked.clear();
    loop.goOn(world.nowNanos);
    assertThat(world.asked).containsExactly(1, 3);
    assertThat(ann.heard()).isEmpty();
  }

  @Test
  void whatStandsInTheHistoryIsAnsweredAndNotAskedAgain() {
    Client ann = connect("ann");
    ann.create(1, "/a", "x").get(2, "/a", false);
    hold();
    world.commit();
    loop.goOn(world.nowNanos);
    assertThat(world.asked).isEmpty();
    assertThat(ann.heard()).hasSize(2);
  }

  @Test
  void aWatchFiresOnceForWhatTheHistoryBrings() {
    Client ann = connect("ann");
    Client bob = connect("bob");
    bob.create(1, "/a", "x");
    world.settle();
    ann.get(1, "/a", true);
    ann.heard();
    bob.set(2, "/a", "y");
    hold();
    world.commit();
    loop.goOn(world.nowNanos);
    assertThat(ann.heard()).hasSize(1).first().asString().startsWith("data /a");
  }

  @Test
  void aJumpCutsWhoWroteAndWhoWatchedAndNobodyElse() {
    Client idle = connect("idle");
    Client watcher = connect("watcher");
    watcher.get(1, "/", true);
    Client writer = connect("writer");
    world.leaderless = true;
    writer.set(1, "/", "x");
    hold();
    FeedItems.jump(world.last());
    loop.goOn(world.nowNanos);
    assertThat(idle.closed).isFalse();
    assertThat(watcher.closed).isTrue();
    assertThat(writer.closed).isTrue();
  }

  @Test
  void aSessionThatHasMovedIsForgottenWithItsWrites() {
    Client ann = connect("ann");
    world.leaderless = true;
    ann.create(1, "/a", "x");
    hold();
    world.leaderless = false;
    world.moves(ann.session.sessionId());
    world.leaderless = true;
    world.asked.clear();
    loop.goOn(world.nowNanos);
    assertThat(ann.closed).isTrue();
    assertThat(world.asked).isEmpty();
  }

  @Test
  void nobodyIsHeldForLongerThanAThirdOfItsTimeout() {
    Client ann = connect("ann");
    hold();
    loop.cutImpatient(world.nowNanos + 10 * SECOND - 1);
    assertThat(ann.closed).isFalse();
    loop.cutImpatient(world.nowNanos + 10 * SECOND);
    assertThat(ann.closed).isTrue();
    assertThat(loop.goOn(world.nowNanos)).isOne();
  }

  @Test
  void whoWaitsForASessionIsCut() {
    world.leaderless = true;
    Client ann = world.dial("ann").sendConnect(0, 0, 30_000, new byte[16], true);
    hold();
    assertThat(ann.closed).isTrue();
  }
}

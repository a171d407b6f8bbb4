package io.paddock.replica;

import static io.paddock.replica.ReplicaWorld.SESSION;
import static io.paddock.replica.ReplicaWorld.TICK_MS;
import static io.paddock.replica.ReplicaWorld.TIMEOUT_MS;
import static io.paddock.replica.ReplicaWorld.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Tree;
import io.paddock.wire.CreateMode;
import org.junit.jupiter.api.Test;

/** Sessions live as long as their clients are heard, and no longer. */
class ReplicaSessionsTest {
  private final ReplicaWorld world = ReplicaWorld.withSession();
  private final Replica replica = world.replica;

  @Test
  void aSilentSessionExpiresNotEarlyAndSoonAfterItsTimeoutWithItsEphemerals() {
    world.write(create("/e", CreateMode.EPHEMERAL));
    world.settle();
    world.pass(TIMEOUT_MS - TICK_MS);
    world.checkAlive(SESSION, true);
    assertThat(world.tree().find("/e")).isNotNull();
    world.pass(3 * TICK_MS);
    world.checkAlive(SESSION, false);
    assertThat(world.tree().find("/e")).isNull();
  }

  @Test
  void aSessionThatIsHeardLives() {
    for (int i = 0; i < 50; i++) {
      world.pass(300);
      replica.touch(SESSION, TIMEOUT_MS);
    }
    world.checkAlive(SESSION, true);
  }

  @Test
  void aTouchOfASessionThatIsGoneBringsNothingBack() {
    world.pass(2 * TIMEOUT_MS);
    replica.touch(SESSION, TIMEOUT_MS);
    replica.touch(4711, TIMEOUT_MS);
    assertThat(replica.sessionsByDeadline()).isEmpty();
  }

  @Test
  void afterAPauseOfTheProcessItsClientsAreHeardBeforeAnybodyExpires() {
    world.openSession(2);
    world.pass(200);
    world.nowMs += 60_000;
    replica.tick();
    world.settle();
    // What waited in the sockets.
    replica.touch(SESSION, TIMEOUT_MS);
    world.pass(100);
    world.checkAlive(SESSION, true);
    world.checkAlive(2, false);
  }

  @Test
  void aShortTickDoesNotMakeEveryRoundLookLikeAPause() {
    ReplicaSettings settings = new ReplicaSettings(10, 100_000, 0, 1000, 100, 0);
    ReplicaWorld quick = new ReplicaWorld(settings, Tree.fresh());
    quick.openSession(SESSION);
    quick.pass(2 * TIMEOUT_MS);
    quick.checkAlive(SESSION, false);
  }

  @Test
  void aStartGivesEverySessionOfTheTreeItsFullTimeout() {
    world.write(create("/e", CreateMode.EPHEMERAL));
    world.settle();
    world.pass(TIMEOUT_MS - TICK_MS);
    ReplicaSettings settings = new ReplicaSettings(TICK_MS, 100_000, 0, 1000, 100, 0);
    ReplicaWorld next = new ReplicaWorld(settings, world.tree());
    next.pass(TIMEOUT_MS - TICK_MS);
    next.checkAlive(SESSION, true);
    next.pass(3 * TICK_MS);
    next.checkAlive(SESSION, false);
    assertThat(next.tree().find("/e")).isNull();
  }

  @Test
  void aRenewalAgreesOnANewTimeout() {
    replica.submit(Submission.renew(SESSION, 5 * TIMEOUT_MS, true, this));
    world.pass(4 * TIMEOUT_MS);
    world.checkAlive(SESSION, true);
    world.pass(2 * TIMEOUT_MS);
    world.checkAlive(SESSION, false);
  }
}

package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A loop knows how much of its clients waits for an answer. */
class PendingBytesTest {
  private final World world = new World();
  private final View loop = world.loops.get(0);

  @Test
  void whatWaitsIsCountedUntilItIsAnswered() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    assertThat(loop.pendingBytes()).isZero();
    ann.create(1, "/a", "x".repeat(1000)).get(2, "/a", false);
    bob.create(1, "/b", "x".repeat(500));
    assertThat(loop.pendingBytes())
        .isBetween(1500L + 3 * Pending.ENTRY_BYTES, 1700L + 3 * Pending.ENTRY_BYTES);
    world.settle();
    assertThat(loop.pendingBytes()).isZero();
    assertThat(ann.take()).hasSize(2);
  }

  @Test
  void whatAConnectionThatBreaksHasAskedWaitsNoMore() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "x").create(2, "/b", "y");
    ann.lane.onClosed();
    assertThat(loop.pendingBytes()).isZero();
    world.settle();
    assertThat(loop.pendingBytes()).isZero();
  }
}

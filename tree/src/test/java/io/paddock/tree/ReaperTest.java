package io.paddock.tree;

import static io.paddock.tree.Playground.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.Acl;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import org.junit.jupiter.api.Test;

class ReaperTest {
  private final Playground play = new Playground();

  private void container(String path) {
    play.perform(new Op.Create(OpCode.CREATE_CONTAINER, path, null, Acl.OPEN, 4, -1));
  }

  private void ttl(String path, long ttlMs) {
    play.perform(new Op.Create(OpCode.CREATE_TTL, path, null, Acl.OPEN, 5, ttlMs));
  }

  @Test
  void aContainerIsDueOnceItsLastChildIsGone() {
    container("/c");
    assertThat(Reaper.due(play.tree, Long.MAX_VALUE, 10, 0)).isEmpty();
    play.perform(create("/c/x"));
    assertThat(Reaper.due(play.tree, Long.MAX_VALUE, 10, 0)).isEmpty();
    play.perform(new Op.Delete("/c/x", -1));
    assertThat(Reaper.due(play.tree, 0, 10, 0)).containsExactly("/c");
  }

  @Test
  void aContainerThatWasNeverUsedIsDueOnlyWhenAsked() {
    container("/c");
    long made = play.tree.find("/c").mtime();
    assertThat(Reaper.due(play.tree, made + 50, 10, 50)).isEmpty();
    assertThat(Reaper.due(play.tree, made + 51, 10, 50)).containsExactly("/c");
  }

  @Test
  void aTimeToLiveCountsFromTheLastChangeOfTheData() {
    ttl("/t", 100);
    long made = play.tree.find("/t").mtime();
    assertThat(Reaper.due(play.tree, made + 100, 10, 0)).isEmpty();
    assertThat(Reaper.due(play.tree, made + 101, 10, 0)).containsExactly("/t");
    play.perform(new Op.SetData("/t", null, -1));
    assertThat(Reaper.due(play.tree, made + 101, 10, 0)).isEmpty();
    play.perform(create("/t/x"));
    assertThat(Reaper.due(play.tree, made + 1000, 10, 0)).isEmpty();
    play.perform(new Op.Delete("/t/x", -1));
    assertThat(Reaper.due(play.tree, made + 1000, 10, 0)).containsExactly("/t");
  }

  @Test
  void noMoreAreDueThanAsked() {
    for (int i = 0; i < 5; i++) {
      ttl("/t" + i, 1);
      container("/c" + i);
    }
    assertThat(Reaper.due(play.tree, 1L << 40, 7, 1)).hasSize(7);
    assertThat(Reaper.due(play.tree, 1L << 40, 20, 1)).hasSize(10);
  }

  @Test
  void theOwnersOfAnOldReleaseAreTimesToLiveWhenEmulated() {
    TreeSettings old = new TreeSettings(TreeSettings.ExtendedTypes.ON_WITH_353, 0);
    assertThat(OwnerType.of(0x8000000000000064L, old)).isEqualTo(OwnerType.TTL);
    assertThat(OwnerType.ttlMs(0x8000000000000064L)).isEqualTo(100);
    assertThat(OwnerType.of(0x8000000000000000L, old)).isEqualTo(OwnerType.CONTAINER);
    assertThat(OwnerType.of(0x7000000000000064L, old)).isEqualTo(OwnerType.EPHEMERAL);
    TreeSettings today = new TreeSettings(TreeSettings.ExtendedTypes.ON, 0);
    assertThat(OwnerType.of(0x8000000000000064L, today)).isEqualTo(OwnerType.EPHEMERAL);
    assertThat(OwnerType.of(0xff00000000000064L, today)).isEqualTo(OwnerType.TTL);
    assertThat(OwnerType.of(0xff00000000000064L, TreeSettings.DEFAULT))
        .isEqualTo(OwnerType.EPHEMERAL);
  }
}

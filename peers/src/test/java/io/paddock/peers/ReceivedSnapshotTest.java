package io.paddock.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Asker;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.SnapshotWriter;
import io.paddock.tree.Stamp;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import io.paddock.wire.Acl;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A leader's snapshot that comes in, whole and otherwise, and what may wait meanwhile. */
class ReceivedSnapshotTest implements ReceivedSnapshot.Listener {
  private static final int RECORD_BYTES_MAX = 1 << 20;
  private static final int ZNODES = 300;
  private static final int WAITING_BYTES_MAX = 4 << 20;

  private final ArrayDeque<Runnable> background = new ArrayDeque<>();
  private final ReceivedSnapshot snapshot =
      new ReceivedSnapshot(
          ZNODES, TreeSettings.DEFAULT, RECORD_BYTES_MAX, WAITING_BYTES_MAX, background::add, this);
  private int roomTold;
  private int endTold;

  @Override
  public void hasRoom() {
    roomTold++;
  }

  @Override
  public void ended() {
    endTold++;
  }

  @Test
  void aStreamInAnyPiecesIsTheTreeAndWhatFollowsIsGivenBack() {
    Tree tree = tree(100);
    byte[] stream = stream(tree);
    byte[] all = Arrays.copyOf(stream, stream.length + 3);
    System.arraycopy(new byte[] {1, 2, 3}, 0, all, stream.length, 3);
    Random random = new Random(1);
    for (int at = 0; at < all.length; ) {
      int end = Math.min(all.length, at + 1 + random.nextInt(700));
      assertThat(snapshot.add(Arrays.copyOfRange(all, at, end))).isTrue();
      at = end;
      if (random.nextInt(3) == 0) {
        work();
      }
    }
    work();
    assertThat(endTold).isOne();
    assertThat(snapshot.failure()).isNull();
    assertThat(snapshot.tree().digest()).isEqualTo(tree.digest());
    assertThat(snapshot.tree().nodeCount()).isEqualTo(tree.nodeCount());
    PeerBytes rest = new PeerBytes();
    snapshot.giveRest(rest);
    assertThat(rest.takeAll()).containsExactly(1, 2, 3);
  }

  @Test
  void aStreamThatIsBrokenAtAnyPlaceIsNone() {
    byte[] stream = stream(tree(10));
    for (int at = 0; at < stream.length; at += 61) {
      byte[] broken = stream.clone();
      broken[at] ^= 0x55;
      ReceivedSnapshot one =
          new ReceivedSnapshot(
              ZNODES,
              TreeSettings.DEFAULT,
              RECORD_BYTES_MAX,
              WAITING_BYTES_MAX,
              background::add,
              this);
      one.add(broken);
      work();
      // What is broken may look like a longer stream, or like other data.
      boolean whole = one.tree() != null;
      assertThat(whole && one.failure() != null).isFalse();
      one.abandon();
    }
    snapshot.add(Arrays.copyOf(stream, stream.length - 1));
    snapshot.add(new byte[] {'?'});
    work();
    assertThat(snapshot.failure()).isEqualTo("a snapshot without its signature");
    assertThat(snapshot.tree()).isNull();
  }

  @Test
  void garbageIsNoSnapshot() {
    int told = 0;
    for (int seed = 0; seed < 50; seed++) {
      byte[] garbage = new byte[10_000];
      new Random(seed).nextBytes(garbage);
      ReceivedSnapshot one =
          new ReceivedSnapshot(
              ZNODES,
              TreeSettings.DEFAULT,
              RECORD_BYTES_MAX,
              WAITING_BYTES_MAX,
              background::add,
              this);
      one.add(garbage);
      work();
      // Some of it may go on for ever; the connection's end ends it.
      assertThat(one.tree()).as("seed %d", seed).isNull();
      told += one.failure() == null ? 0 : 1;
    }
    assertThat(told).isPositive().isEqualTo(endTold);
  }

  @Test
  void aRecordThatNeverEndsIsGivenUp() {
    JuteWriter endless = new JuteWriter();
    endless.writeInt(0);
    endless.writeInt(0);
    endless.writeInt(Integer.MAX_VALUE);
    snapshot.add(endless.toByteArray());
    for (int i = 0; i < 5 && endTold == 0; i++) {
      snapshot.add(new byte[RECORD_BYTES_MAX]);
      work();
    }
    assertThat(snapshot.failure()).isNotNull();
  }

  @Test
  void theSocketIsNotReadWhileTooMuchWaits() {
    byte[] stream = stream(tree(20_000));
    int piece = 64 << 10;
    int at = 0;
    long waiting = 0;
    while (at < stream.length) {
      int end = Math.min(stream.length, at + piece);
      boolean room = snapshot.add(Arrays.copyOfRange(stream, at, end));
      waiting += end - at;
      at = end;
      assertThat(room).isEqualTo(waiting <= WAITING_BYTES_MAX);
      if (!room) {
        int told = roomTold;
        work();
        assertThat(roomTold).isEqualTo(told + 1);
        waiting = 0;
      }
    }
    work();
    assertThat(roomTold).isPositive();
    assertThat(snapshot.tree().nodeCount()).isEqualTo(tree(20_000).nodeCount());
  }

  @Test
  void whatIsAbandonedIsNotReadAnyFurther() {
    snapshot.add(stream(tree(10)));
    snapshot.abandon();
    work();
    assertThat(endTold).isZero();
    assertThat(snapshot.tree()).isNull();
  }

  private void work() {
    for (Runnable run = background.poll(); run != null; run = background.poll()) {
      run.run();
    }
  }

  /** A tree with so many bytes of data in each of its znodes. */
  private static Tree tree(int dataBytes) {
    Prep prep = new Prep(PrepSettings.DEFAULT);
    Tree tree = Tree.fresh();
    tree =
        prep.prepare(tree, new Asker(5, 0, List.of()), new Op.CreateSession(1000), new Stamp(1, 1))
            .tree();
    for (int i = 2; i <= ZNODES; i++) {
      Op create = new Op.Create(OpCode.CREATE, "/n" + i, new byte[dataBytes], Acl.OPEN, 0, -1);
      tree = prep.prepare(tree, new Asker(5, i, List.of()), create, new Stamp(i, i)).tree();
    }
    return tree;
  }

  private static byte[] stream(Tree tree) {
    JuteWriter out = new JuteWriter();
    SnapshotWriter writer = new SnapshotWriter(tree);
    while (writer.fill(out, Integer.MAX_VALUE)) {
      continue;
    }
    out.writeRaw(LearnerChannel.SIGNATURE, 0, LearnerChannel.SIGNATURE.length);
    return out.toByteArray();
  }
}

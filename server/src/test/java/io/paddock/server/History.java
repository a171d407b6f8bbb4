package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.replica.Disk;
import io.paddock.replica.FeedItem;
import io.paddock.tree.Tree;
import io.paddock.tree.Txn;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * What was proposed under each zxid, and how far clients were told so: kept outside of the server,
 * whose every restart is held against it.
 */
final class History {
  /** A transaction as it was handed to the disk. */
  private record Proposed(byte[] bytes, Txn txn) {}

  private final TreeMap<Long, Proposed> proposed;
  private long acknowledged;

  History() {
    this(new TreeMap<>(), 0);
  }

  private History(TreeMap<Long, Proposed> proposed, long acknowledged) {
    this.proposed = proposed;
    this.acknowledged = acknowledged;
  }

  /** For another fate of the same past. */
  History copy() {
    return new History(new TreeMap<>(proposed), acknowledged);
  }

  /** The zxid up to which clients have seen results. */
  long acknowledged() {
    return acknowledged;
  }

  /** The disk, with a note taken of what goes to it. */
  Disk recording(Disk disk) {
    return new Disk() {
      @Override
      public void append(long zxid, byte[] bytes, int from, int length) {
        proposed(zxid, Arrays.copyOfRange(bytes, from, from + length));
        disk.append(zxid, bytes, from, length);
      }

      @Override
      public void force() {
        disk.force();
      }

      @Override
      public void snapshot(Tree tree) {
        disk.snapshot(tree);
      }
    };
  }

  private void proposed(long zxid, byte[] bytes) {
    assertThat(zxid).as("an acknowledged zxid is taken once").isGreaterThan(acknowledged);
    long last = proposed.isEmpty() ? 0 : proposed.lastKey();
    assertThat(zxid).as("zxids have no hole").isLessThanOrEqualTo(last + 1);
    proposed.tailMap(zxid, true).clear();
    proposed.put(zxid, new Proposed(bytes, Txn.read(new JuteReader(bytes))));
  }

  /** The feed has come to an item: from now on clients may know of it. */
  void published(FeedItem item) {
    if (item.applied() == null) {
      assertThat(item.zxid()).isEqualTo(acknowledged);
      return;
    }
    assertThat(item.zxid()).as("the feed has no hole").isEqualTo(acknowledged + 1);
    JuteWriter out = new JuteWriter();
    item.applied().txn().write(out);
    assertThat(out.toByteArray()).isEqualTo(proposed.get(item.zxid()).bytes);
    acknowledged = item.zxid();
  }

  /** Everything that is not acknowledged was refused, and clients were told. */
  void restRefused() {
    proposed.tailMap(acknowledged, false).clear();
  }

  /**
   * A restart has brought this tree: it must hold what was acknowledged, may hold what was on its
   * way, and nothing else. Clients see it from now on.
   */
  void recovered(Tree tree, String where) {
    long last = proposed.isEmpty() ? 0 : proposed.lastKey();
    assertThat(tree.zxid()).as("acknowledged, %s", where).isGreaterThanOrEqualTo(acknowledged);
    assertThat(tree.zxid()).as("refused or never proposed, %s", where).isLessThanOrEqualTo(last);
    NaiveTree naive = new NaiveTree();
    proposed.headMap(tree.zxid(), true).values().forEach(each -> naive.apply(each.txn));
    naive.assertSame(tree, where);
    acknowledged = tree.zxid();
    restRefused();
  }
}

package io.paddock.sim;

import io.paddock.journal.Journal;
import io.paddock.journal.Recovery;
import io.paddock.tree.SnapshotBody;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import io.paddock.tree.Txn;
import io.paddock.wire.JuteReader;
import io.paddock.zab.LoggedTxn;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** The walk through a server's files when it starts, or after a truncation. For one use. */
final class Loading {
  static final TreeSettings TREE = new TreeSettings(TreeSettings.ExtendedTypes.ON, 0x5eedL);

  private final Journal journal;
  private final int recentMax;
  private final ArrayDeque<LoggedTxn> recent = new ArrayDeque<>();
  private final JuteReader reader = new JuteReader();
  private Tree tree;
  private long replayed;

  /**
   * @param recentMax transactions of the log's end to be kept
   */
  Loading(Journal journal, int recentMax) {
    this.journal = journal;
    this.recentMax = recentMax;
  }

  Tree load() throws IOException {
    Recovery recovery = journal.recover();
    tree = recovery.load((zxid, body) -> SnapshotBody.read(body, zxid, TREE)).orElse(null);
    boolean empty = tree == null;
    if (empty) {
      tree = Tree.fresh(TREE);
    }
    recovery.replay(this::replay);
    tree = tree.withoutOrphans();
    if (empty) {
      Tree first = tree;
      journal.writeSnapshot(
          tree.zxid(), OptionalLong.of(tree.digest()), out -> SnapshotBody.write(first, out));
    }
    return tree;
  }

  private void replay(long zxid, byte[] bytes, int from, int length) {
    Txn txn = Txn.read(reader.reset(bytes, from, from + length));
    tree = tree.apply(txn).tree();
    replayed++;
    if (recent.size() == recentMax) {
      recent.removeFirst();
    }
    recent.addLast(new LoggedTxn(zxid, Arrays.copyOfRange(bytes, from, from + length)));
    if (txn.hasDigest() && txn.digest() != tree.digest()) {
      throw new SimFinding("the log leads to another tree at " + Chronicle.hex(zxid));
    }
  }

  List<LoggedTxn> recent() {
    return List.copyOf(recent);
  }

  long replayed() {
    return replayed;
  }
}

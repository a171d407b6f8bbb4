package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Applied;
import io.paddock.tree.Asker;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Stamp;
import io.paddock.tree.Tree;
import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A replica's log, and the tree that it leads to. */
class ReplicaLogTest {
  private static final Disk DISK =
      new Disk() {
        @Override
        public void append(long zxid, byte[] bytes, int from, int length) {}

        @Override
        public void force() {}

        @Override
        public void snapshot(Tree tree) {}
      };

  private static Applied session(Tree on, long id) {
    return new Prep(PrepSettings.DEFAULT)
        .prepare(
            on,
            new Asker(id, 0, List.of()),
            new Op.CreateSession(1000),
            new Stamp(on.zxid() + 1, 0));
  }

  private static void append(ReplicaLog log, Applied applied) {
    JuteWriter bytes = new JuteWriter();
    applied.txn().write(bytes);
    log.append(applied.zxid(), bytes.array(), 0, bytes.size(), null);
  }

  @Test
  void whatAFullDiskLosesBehindALeadersSnapshotLeavesThatSnapshot() {
    ReplicaLog log =
        new ReplicaLog(
            new Backlog(Tree.fresh()),
            DISK,
            new SnapshotSchedule(100, 0, 0, new SplittableRandom(1)));
    Tree leaders = session(session(Tree.fresh(), 7).tree(), 8).tree();
    log.replace(leaders);
    log.snapshotToSave();
    append(log, session(leaders, 9));
    assertThat(log.prospective().sessionCount()).isEqualTo(3);
    log.lostAfter(leaders.zxid());
    assertThat(log.prospective().zxid()).isEqualTo(leaders.zxid());
    assertThat(log.prospective().sessionCount()).isEqualTo(2);
  }

  private static Applied set(Tree on, String data, long timeMs) {
    return new Prep(PrepSettings.DEFAULT)
        .prepare(
            on,
            new Asker(7, 0, List.of(new Id("super", ""))),
            new Op.SetData("/", data.getBytes(StandardCharsets.US_ASCII), -1),
            new Stamp(on.zxid() + 1, timeMs));
  }

  /** A log whose tree has other data than the leader's. */
  private static ReplicaLog differing(Tree leaders) {
    Tree ours = set(session(Tree.fresh(), 7).tree(), "ours", 0).tree();
    assertThat(ours.zxid()).isEqualTo(leaders.zxid());
    return new ReplicaLog(
        new Backlog(ours), DISK, new SnapshotSchedule(9999, 0, 0, new SplittableRandom(1)));
  }

  @Test
  void aTreeThatStaysAnotherThanTheLeadersIsToldByTimeOrByNumber() {
    Tree leaders = set(session(Tree.fresh(), 7).tree(), "leaders", 0).tree();
    ReplicaLog log = differing(leaders);
    append(log, session(leaders, 8));
    assertThat(log.digestMismatches()).as("may be foretold wrong").isZero();
    Tree later = session(leaders, 8).tree();
    append(log, create(later, "/late", 10_001));
    assertThat(log.digestMismatches()).isEqualTo(1);

    ReplicaLog busy = differing(leaders);
    Tree tree = leaders;
    for (int i = 0; i < 1001; i++) {
      Applied next = session(tree, 100 + i);
      append(busy, next);
      tree = next.tree();
      assertThat(busy.digestMismatches()).isEqualTo(i < 1000 ? 0 : 1);
    }
  }

  private static Applied create(Tree on, String path, long timeMs) {
    Op op = new Op.Create(OpCode.CREATE, path, null, Acl.OPEN, 0, -1);
    return new Prep(PrepSettings.DEFAULT)
        .prepare(on, new Asker(7, 0, List.of()), op, new Stamp(on.zxid() + 1, timeMs));
  }

  @Test
  void digestsThatAgreeAgainAreNoMismatch() {
    Tree leaders = set(session(Tree.fresh(), 7).tree(), "leaders", 0).tree();
    ReplicaLog log = differing(leaders);
    Applied same = set(leaders, "same", 5);
    append(log, same);
    append(log, session(same.tree(), 8));
    assertThat(log.digestMismatches()).isZero();
  }
}

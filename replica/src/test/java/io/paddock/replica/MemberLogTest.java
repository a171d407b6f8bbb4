package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Applied;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Tree;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A member's log, and the tree that it leads to. */
class MemberLogTest {
  private static final MemberDisk DISK =
      new MemberDisk() {
        @Override
        public void append(long zxid, byte[] bytes, int from, int length) {}

        @Override
        public void force() {}

        @Override
        public void snapshot(Tree tree) {}

        @Override
        public void saveAcceptedEpoch(long epoch) {}

        @Override
        public void saveCurrentEpoch(long epoch) {}

        @Override
        public void truncate(long zxid) {}

        @Override
        public void saveSnapshot(Tree tree) {}

        @Override
        public void findInLog(long connection, long zxid) {}
      };

  private static Applied session(Tree on, long id) {
    return new Prep(PrepSettings.DEFAULT)
        .prepare(on, id, 0, new Op.CreateSession(1000), List.of(), on.zxid() + 1, 0);
  }

  private static void append(MemberLog log, Applied applied) {
    JuteWriter bytes = new JuteWriter();
    applied.txn().write(bytes);
    log.append(applied.zxid(), bytes.array(), 0, bytes.size(), null);
  }

  @Test
  void whatAFullDiskLosesBehindALeadersSnapshotLeavesThatSnapshot() {
    MemberLog log =
        new MemberLog(Tree.fresh(), DISK, new SnapshotSchedule(100, 0, 0, new SplittableRandom(1)));
    Tree leaders = session(session(Tree.fresh(), 7).tree(), 8).tree();
    log.replace(leaders);
    log.saveSnapshot();
    append(log, session(leaders, 9));
    assertThat(log.prospective().sessionCount()).isEqualTo(3);
    log.lostAfter(leaders.zxid());
    assertThat(log.prospective().zxid()).isEqualTo(leaders.zxid());
    assertThat(log.prospective().sessionCount()).isEqualTo(2);
  }
}

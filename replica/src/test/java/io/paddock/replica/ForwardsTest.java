package io.paddock.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Stamp;
import io.paddock.tree.TxnHeader;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a learner has forwarded, beside what a next leader's history has of it. */
class ForwardsTest {
  private final Forwards forwards = new Forwards();

  private static Submission write(long session, int cxid) {
    return Submission.write(session, cxid, new Op.Delete("/a", -1), List.of(), "client");
  }

  private List<Integer> found(long session, int cxid) {
    return forwards
        .takeUpTo(new TxnHeader(session, cxid, new Stamp(1, 0), OpCode.DELETE.code()))
        .stream()
        .map(forward -> forward.submission().cxid())
        .toList();
  }

  @Test
  void aWriteIsFoundWithTheSyncsAndKnownOutcomesBeforeIt() {
    forwards.add(Submission.sync(1, 1, "client"), null);
    forwards.add(write(2, 2), ErrorCode.MARSHALLINGERROR);
    forwards.add(write(1, 3), null);
    forwards.add(Submission.sync(1, 4, "client"), null);
    assertThat(found(1, 3)).containsExactly(1, 2, 3);
    assertThat(forwards.size()).isOne();
  }

  @Test
  void onlyTheOldestWriteCanBeNext() {
    forwards.add(write(1, 1), null);
    forwards.add(write(1, 2), null);
    assertThat(found(1, 2)).isEmpty();
    assertThat(found(1, 1)).containsExactly(1);
    assertThat(found(1, 2)).containsExactly(2);
  }

  @Test
  void behindTheLastWriteNothingIsFound() {
    forwards.add(Submission.sync(1, 1, "client"), null);
    assertThat(found(1, 1)).isEmpty();
    assertThat(forwards.size()).isOne();
  }
}

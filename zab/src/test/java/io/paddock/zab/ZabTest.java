package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZabTest {
  private final List<String> trace = new ArrayList<>();
  private final Effects effects =
      new Effects() {
        @Override
        public void append(long zxid, byte[] bytes, int from, int length) {
          trace.add("append " + zxid);
        }

        @Override
        public void commit(long zxid) {
          trace.add("commit " + zxid);
        }

        @Override
        public void became(Role role) {
          trace.add("became " + role);
        }
      };

  private Zab started(long lastLogged) {
    Zab zab = new Zab(1, Quorum.ofOne(1), lastLogged, effects);
    zab.start();
    trace.clear();
    return zab;
  }

  private void propose(Zab zab) {
    zab.propose(zab.nextZxid(), new byte[1], 0, 1);
  }

  @Test
  void aloneItLeadsAtOnce() {
    Zab zab = new Zab(1, Quorum.ofOne(1), 7, effects);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
    zab.start();
    assertThat(trace).containsExactly("became LEADING");
    assertThat(zab.nextZxid()).isEqualTo(8);
  }

  @Test
  void nothingIsCommittedBeforeItIsDurable() {
    Zab zab = started(0);
    propose(zab);
    propose(zab);
    assertThat(trace).containsExactly("append 1", "append 2");
    zab.onDurable(1);
    assertThat(trace).last().isEqualTo("commit 1");
    zab.onDurable(2);
    assertThat(trace).last().isEqualTo("commit 2");
  }

  @Test
  void oneDurableSpeaksForAllBeforeIt() {
    Zab zab = started(0);
    propose(zab);
    propose(zab);
    propose(zab);
    zab.onDurable(3);
    assertThat(trace).endsWith("commit 3");
    assertThat(zab.lastCommitted()).isEqualTo(3);
    zab.onDurable(2);
    assertThat(trace).hasSize(4);
  }

  @Test
  void whatWasNeverProposedCannotBeDurable() {
    Zab zab = started(0);
    assertThatThrownBy(() -> zab.onDurable(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void zxidsHaveNoHoles() {
    Zab zab = started(0);
    assertThatThrownBy(() -> zab.propose(2, new byte[1], 0, 1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void lostAppendsAreTakenBackAndTheirZxidsUsedAgain() {
    Zab zab = started(0);
    propose(zab);
    zab.onDurable(1);
    propose(zab);
    propose(zab);
    zab.onAppendsLost();
    assertThat(zab.nextZxid()).isEqualTo(2);
    assertThat(trace).doesNotContain("commit 2");
  }

  @Test
  void aMajorityDecidesTheMiddleOfWhatWasAcknowledged() {
    Quorum three = Quorum.majority(List.of(1L, 2L, 3L));
    assertThat(three.decided(new long[] {5, 3, 9})).isEqualTo(5);
    Quorum four = Quorum.majority(List.of(1L, 2L, 3L, 4L));
    assertThat(four.decided(new long[] {5, 3, 9, 4})).isEqualTo(4);
    assertThat(Quorum.ofOne(1).decided(new long[] {4})).isEqualTo(4);
  }

  @Test
  void anEnsembleIsRefusedUntilItIsThere() {
    assertThatThrownBy(() -> new Zab(1, Quorum.majority(List.of(1L, 2L)), 0, effects))
        .hasMessageContaining("quorum of one");
  }
}

package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A server looks at itself after each input, and does not go on when it is not as it must be. */
class OwnInvariantsTest {
  private final Recorder world = new Recorder();

  private Zab member() {
    EnsembleConfig config = EnsembleConfig.parse("server.1=a:1:2\nserver.2=b:1:2");
    DurableState state = new DurableState(2, 2, Zxid.of(2, 3), List.of());
    Zab zab =
        Zab.member(1, state, config, config, ZabSimulationTest.settings(false), world.ports());
    zab.on(new ZabInput.Start(0));
    return zab;
  }

  @Test
  void anEpochThatNobodyHasAcceptedIsNotTaken() {
    Zab zab = member();
    zab.on(new ZabInput.AcceptedEpochSaved(3));
    assertThatThrownBy(() -> zab.on(new ZabInput.CurrentEpochSaved(4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("an invariant of server 1 is broken: epochs 3/4 after 3/2");
  }

  @Test
  void whatIsOnDiskWithoutHavingBeenLoggedIsNotBelieved() {
    Zab zab = member();
    assertThatThrownBy(() -> zab.on(new ZabInput.Durable(Zxid.of(2, 4))))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLeaderWhoseLogEndsElsewhereThanItsProposalsIsFound() {
    MemberState self = MemberState.alone(4, world);
    Zab zab = new Zab(self);
    zab.on(new ZabInput.Start(0));
    zab.propose(5, new byte[1], 0, 1);
    assertThat(zab.lastProposed()).isEqualTo(5);
    self.history.pass(7);
    assertThatThrownBy(() -> zab.on(new ZabInput.Tick(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("as leader of epoch 0 it has proposed up to 0x5")
        .hasMessageContaining("logged 0x7");
  }
}

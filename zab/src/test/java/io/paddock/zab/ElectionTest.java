package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who answers whom, and who is about to lead. */
class ElectionTest {
  private static final EnsembleConfig CONFIG =
      EnsembleConfig.parse(
          "server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\nserver.4=d:1:2:observer");

  /** Counts what is sent, to whom. */
  private static final class Told extends Recorder {
    final List<Long> told = new ArrayList<>();
    final List<String> port = new ArrayList<>();

    @Override
    public void expectLearners() {
      port.add("expect");
    }

    @Override
    public void openQuorumPort() {
      port.add("open");
    }

    @Override
    public void closeQuorumPort() {
      port.add("shut");
    }

    @Override
    public void sendNotification(long sid, Notification notification) {
      told.add(sid);
    }
  }

  private final Told world = new Told();

  private Zab looking(long sid) {
    Zab zab =
        Zab.member(
            sid,
            DurableState.empty(),
            CONFIG,
            CONFIG,
            ZabSimulationTest.settings(true),
            world.ports());
    zab.on(new ZabInput.Start(0));
    world.told.clear();
    return zab;
  }

  private static Notification vote(long leader, long zxid) {
    return new Notification(Role.LOOKING, leader, zxid, 1, 0, 0, null);
  }

  @Test
  void whoIsAboutToLeadExpectsLearnersBeforeItIsElected() {
    Zab zab = looking(2);
    zab.on(new ZabInput.Notified(1, vote(2, 0)));
    assertThat(world.port).as("a quorum agrees").containsExactly("expect");
    zab.on(new ZabInput.Tick(150));
    zab.on(new ZabInput.Notified(1, vote(2, 0)));
    zab.on(new ZabInput.Tick(199));
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
    zab.on(new ZabInput.Tick(200));
    assertThat(zab.role()).as("the same word again does not put it off").isEqualTo(Role.LEADING);
    assertThat(world.port).containsExactly("expect", "open");
  }

  @Test
  void whoExpectedLearnersAndIsNotElectedSendsThemAway() {
    Zab zab = looking(2);
    zab.on(new ZabInput.Notified(1, vote(2, 0)));
    zab.on(new ZabInput.Notified(3, vote(3, 0)));
    assertThat(world.port).containsExactly("expect", "shut");
  }

  private static Notification word(Role state, long round, String config) {
    return new Notification(state, 2, 0, round, 0, 2, config);
  }

  @Test
  void whoExpectsLearnersAndHearsThatItHasMovedDoesNotKeepThePortOfBefore() {
    Zab zab = looking(2);
    zab.on(new ZabInput.Notified(1, vote(2, 0)));
    String moved =
        "server.1=a:1:2:participant\nserver.2=b:7:8:participant\nserver.3=c:1:2:participant\n"
            + "version=100000001";
    zab.on(new ZabInput.Notified(1, new Notification(Role.LOOKING, 2, 0, 1, 0, 0, moved)));
    assertThat(world.port).containsExactly("expect", "shut");
  }

  @Test
  void aVoterAnswersAnObserverThatLooksForALeaderAndNoOther() {
    Zab voter = looking(1);
    voter.on(new ZabInput.Notified(4, word(Role.LOOKING, 7, CONFIG.text())));
    assertThat(world.told).containsExactly(4L);
    voter.on(new ZabInput.Notified(4, word(Role.OBSERVING, 7, CONFIG.text())));
    assertThat(world.told).containsExactly(4L);
  }

  @Test
  void theSameQuestionIsNotAnsweredTheSameAtOnce() {
    Zab voter = looking(1);
    voter.on(new ZabInput.Tick(1000));
    world.told.clear();
    voter.on(new ZabInput.Notified(4, word(Role.LOOKING, 7, CONFIG.text())));
    voter.on(new ZabInput.Notified(4, word(Role.LOOKING, 7, CONFIG.text())));
    assertThat(world.told).containsExactly(4L);
    voter.on(new ZabInput.Notified(4, word(Role.LOOKING, 8, CONFIG.text())));
    assertThat(world.told).as("another question").containsExactly(4L, 4L);
    voter.on(new ZabInput.Tick(1060));
    voter.on(new ZabInput.Notified(4, word(Role.LOOKING, 8, CONFIG.text())));
    assertThat(world.told).as("a while later").hasSize(3);
  }

  @Test
  void anObserverAnswersAVoterOnlyToTellItOfAnotherConfiguration() {
    Zab observer = looking(4);
    observer.on(new ZabInput.Notified(1, word(Role.LOOKING, 0, CONFIG.text())));
    assertThat(world.told).isEmpty();
    observer.on(
        new ZabInput.Notified(1, word(Role.LOOKING, 0, CONFIG.withVersion(0).text() + "\nold")));
    assertThat(world.told).containsExactly(1L);
  }
}

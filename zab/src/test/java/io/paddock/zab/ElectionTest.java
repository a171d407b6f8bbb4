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
        Zab.member(sid, DurableState.empty(), CONFIG, ZabSimulationTest.settings(true), world);
    zab.start(0);
    world.told.clear();
    return zab;
  }

  private static Notification vote(long leader, long zxid) {
    return new Notification(Role.LOOKING, leader, zxid, 1, 0, 0, null);
  }

  @Test
  void whoIsAboutToLeadExpectsLearnersBeforeItIsElected() {
    Zab zab = looking(2);
    zab.onNotification(1, vote(2, 0));
    assertThat(world.port).as("a quorum agrees").containsExactly("expect");
    zab.onTick(150);
    zab.onNotification(1, vote(2, 0));
    zab.onTick(199);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
    zab.onTick(200);
    assertThat(zab.role()).as("the same word again does not put it off").isEqualTo(Role.LEADING);
    assertThat(world.port).containsExactly("expect", "open");
  }

  @Test
  void whoExpectedLearnersAndIsNotElectedSendsThemAway() {
    Zab zab = looking(2);
    zab.onNotification(1, vote(2, 0));
    zab.onNotification(3, vote(3, 0));
    assertThat(world.port).containsExactly("expect", "shut");
  }

  private static Notification word(Role state, long round, String config) {
    return new Notification(state, 2, 0, round, 0, 2, config);
  }

  @Test
  void aVoterAnswersAnObserverThatLooksForALeaderAndNoOther() {
    Zab voter = looking(1);
    voter.onNotification(4, word(Role.LOOKING, 7, CONFIG.text()));
    assertThat(world.told).containsExactly(4L);
    voter.onNotification(4, word(Role.OBSERVING, 7, CONFIG.text()));
    assertThat(world.told).containsExactly(4L);
  }

  @Test
  void theSameQuestionIsNotAnsweredTheSameAtOnce() {
    Zab voter = looking(1);
    voter.onTick(1000);
    world.told.clear();
    voter.onNotification(4, word(Role.LOOKING, 7, CONFIG.text()));
    voter.onNotification(4, word(Role.LOOKING, 7, CONFIG.text()));
    assertThat(world.told).containsExactly(4L);
    voter.onNotification(4, word(Role.LOOKING, 8, CONFIG.text()));
    assertThat(world.told).as("another question").containsExactly(4L, 4L);
    voter.onTick(1060);
    voter.onNotification(4, word(Role.LOOKING, 8, CONFIG.text()));
    assertThat(world.told).as("a while later").hasSize(3);
  }

  @Test
  void anObserverAnswersAVoterOnlyToTellItOfAnotherConfiguration() {
    Zab observer = looking(4);
    observer.onNotification(1, word(Role.LOOKING, 0, CONFIG.text()));
    assertThat(world.told).isEmpty();
    observer.onNotification(1, word(Role.LOOKING, 0, CONFIG.withVersion(0).text() + "\nold"));
    assertThat(world.told).containsExactly(1L);
  }
}

package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who answers whom: words between voters and observers must come to an end. */
class ElectionTest {
  private static final EnsembleConfig CONFIG =
      EnsembleConfig.parse(
          "server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\nserver.4=d:1:2:observer");

  /** Counts what is sent, to whom. */
  private static final class Told extends Recorder {
    final List<Long> told = new ArrayList<>();

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

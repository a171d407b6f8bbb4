package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A test per promise of the Zab papers: each is kept in simulated histories full of faults, and a
 * history that breaks it, and it alone where that is possible, is caught. The scenarios {@code
 * promise-*.txt} show each at work.
 */
class ZabPromisesTest {
  private static final int SEEDS = 40;
  private static final long FIRST_SEED = 5000;
  private static final long CANARY_SEEDS_MAX = 2000;

  private final ZabPromises history = new ZabPromises();

  private void broadcast(long epoch, int counter) {
    long zxid = Zxid.of(epoch, counter);
    history.broadcasts(epoch, 1, epoch, zxid, bytes("txn " + zxid));
  }

  private void deliver(long sid, long epoch, int... counters) {
    for (int counter : counters) {
      long zxid = Zxid.of(epoch, counter);
      history.delivers(sid, 1, zxid, bytes("txn " + zxid));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void allPromisesAreKeptWhateverFails() {
    long deliveries = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      World[] seen = new World[1];
      ZabSimulationTest.run(seed, server -> {}, line -> {}, world -> seen[0] = world);
      assertThat(seen[0].promises.broken()).as("seed %d", seed).isEmpty();
      deliveries += seen[0].promises.deliveries();
    }
    assertThat(deliveries).isGreaterThan(SEEDS * 100L);
  }

  @Test
  void aGoodHistoryBreaksNone() {
    broadcast(1, 1);
    broadcast(1, 2);
    deliver(1, 1, 1, 2);
    deliver(2, 1, 1);
    deliver(2, 1, 2);
    broadcast(2, 1);
    deliver(2, 2, 1);
    deliver(3, 1, 1, 2);
    assertThat(history.broken()).isEmpty();
  }

  @Test
  void integrityWhatNobodyBroadcastIsNeverDelivered() {
    broadcast(1, 1);
    deliver(1, 1, 1, 2);
    assertThat(history.broken()).containsExactly("integrity");
  }

  @Test
  void integrityTheContentIsWhatWasBroadcast() {
    broadcast(1, 1);
    history.delivers(1, 1, Zxid.of(1, 1), bytes("something else"));
    assertThat(history.broken()).containsExactly("integrity");
  }

  @Test
  void totalOrderTwoProcessesDeliverInOneOrder() {
    // By two primaries, so that no order of one primary is broken.
    history.broadcasts(9, 1, 1, 7, bytes("a"));
    history.broadcasts(9, 1, 1, 8, bytes("b"));
    for (long zxid : new long[] {7, 8}) {
      history.delivers(1, 1, zxid, bytes(zxid == 7 ? "a" : "b"));
    }
    for (long zxid : new long[] {8, 7}) {
      history.delivers(2, 1, zxid, bytes(zxid == 7 ? "a" : "b"));
    }
    assertThat(history.broken()).containsExactly("total order", "local primary order");
  }

  @Test
  void totalOrderWhatWasSkippedStaysSkipped() {
    broadcast(1, 1);
    broadcast(2, 1);
    deliver(1, 2, 1);
    deliver(2, 1, 1);
    deliver(2, 2, 1);
    assertThat(history.broken()).contains("total order").doesNotContain("agreement", "integrity");
  }

  @Test
  void agreementOneOfTwoProcessesHasAllThatTheOtherHas() {
    history.broadcasts(1, 1, 1, 7, bytes("a"));
    history.broadcasts(2, 1, 2, 8, bytes("b"));
    history.delivers(1, 1, 7, bytes("a"));
    history.delivers(3, 1, 8, bytes("b"));
    assertThat(history.broken()).containsExactly("agreement", "primary integrity");
  }

  @Test
  void localPrimaryOrderNothingOfAPrimaryIsSkipped() {
    broadcast(1, 1);
    broadcast(1, 2);
    deliver(1, 1, 2);
    assertThat(history.broken()).containsExactly("local primary order");
  }

  @Test
  void globalPrimaryOrderWhatAnEarlierPrimaryBroadcastComesFirst() {
    broadcast(1, 1);
    deliver(2, 1);
    broadcast(2, 1);
    deliver(3, 2, 1);
    deliver(3, 1, 1);
    assertThat(history.broken()).containsExactly("global primary order", "primary integrity");
  }

  @Test
  void primaryIntegrityAPrimaryHasDeliveredWhatItBuildsOn() {
    broadcast(1, 1);
    deliver(3, 1, 1);
    broadcast(2, 1);
    deliver(2, 1, 1);
    assertThat(history.broken()).containsExactly("primary integrity");
  }

  @Test
  void aVoteCastBeforeTheLogIsDurableBreaksPromises() {
    assertThat(brokenBy(server -> server.disk.liesAboutLog = true)).isNotEmpty();
  }

  @Test
  void aLogThatForgetsItsEndBreaksPromises() {
    assertThat(brokenBy(server -> server.disk.hidesItsTail = true)).isNotEmpty();
  }

  @Test
  void aLostTruncationBreaksPromises() {
    assertThat(brokenBy(server -> server.disk.losesTruncation = true)).isNotEmpty();
  }

  /** What a bug planted in every server breaks, in the first seed that shows it. */
  private static List<String> brokenBy(Consumer<SimServer> bug) {
    for (long seed = 1; seed <= CANARY_SEEDS_MAX; seed++) {
      World[] seen = new World[1];
      try {
        ZabSimulationTest.run(
            seed,
            bug,
            line -> {},
            world -> {
              seen[0] = world;
              world.tolerant = true;
            });
      } catch (AssertionError e) {
        // What is broken does not have to heal; here only the promises are asked.
      }
      if (!seen[0].promises.broken().isEmpty()) {
        return seen[0].promises.broken();
      }
    }
    return List.of();
  }
}

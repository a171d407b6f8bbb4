package io.paddock.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How the servers are run and how much is measured.
 *
 * @param java the java command of every server
 * @param classPath the class path of every server
 * @param heap -Xms and -Xmx of every server
 * @param jvmFlags further JVM flags of every server
 * @param mainClasses the main class by contestant
 * @param stores for clients by TLS alone; empty for plain text
 * @param directory where each run makes its own folder for the servers' data
 * @param sizes how much is measured
 */
record Settings(
    Path java,
    String classPath,
    String heap,
    List<String> jvmFlags,
    Map<ServerKind, String> mainClasses,
    Optional<BenchStores> stores,
    Path directory,
    Sizes sizes) {

  Settings {
    jvmFlags = List.copyOf(jvmFlags);
    mainClasses = Map.copyOf(mainClasses);
  }

  /**
   * Rounds, times and counts.
   *
   * @param rounds rounds of each short measurement
   * @param longRounds rounds of the measurements that start servers of their own
   * @param firstWarmUpNanos warm-up in the first round, in which the server's code is compiled
   * @param warmUpNanos warm-up in later rounds
   * @param windowNanos measured time of a round
   * @param treeZnodes znodes of the large tree
   * @param treeParents their parents
   * @param watches watches whose memory is measured
   * @param idleSessions sessions whose memory is measured
   * @param watchers sessions that see one set
   * @param children children of the wide znode
   * @param snapCount snapCount of the servers with the large tree
   * @param tasks no-op tasks that are run
   * @param loneTasks no-op tasks that are run one after another
   * @param queuedTasks tasks that wait in the queue while masters change
   * @param leaderKills how often an ensemble's leader is killed in a round
   * @param laggingTxns what a follower has missed when it comes back
   * @param stormSessions sessions that lose their server at once
   */
  record Sizes(
      int rounds,
      int longRounds,
      long firstWarmUpNanos,
      long warmUpNanos,
      long windowNanos,
      int treeZnodes,
      int treeParents,
      int watches,
      int idleSessions,
      int watchers,
      int children,
      int snapCount,
      int tasks,
      int loneTasks,
      int queuedTasks,
      int leaderKills,
      int laggingTxns,
      int stormSessions) {

    /** The sizes that the goals are stated for. */
    static Sizes full(int rounds) {
      return new Sizes(
          rounds,
          Math.max(1, (rounds + 1) / 2),
          TimeUnit.SECONDS.toNanos(5),
          TimeUnit.SECONDS.toNanos(1),
          TimeUnit.SECONDS.toNanos(3),
          1_000_000,
          1_000,
          100_000,
          10_000,
          2_000,
          100_000,
          100_000,
          8_000,
          300,
          100_000,
          5,
          100_000,
          5_000);
    }

    /** A tenth of everything: shows that all works, and rough ratios. */
    static Sizes quick(int rounds) {
      return new Sizes(
          rounds,
          1,
          TimeUnit.MILLISECONDS.toNanos(1500),
          TimeUnit.MILLISECONDS.toNanos(300),
          TimeUnit.MILLISECONDS.toNanos(700),
          100_000,
          1_000,
          10_000,
          1_000,
          500,
          10_000,
          20_000,
          2_000,
          100,
          10_000,
          2,
          10_000,
          500);
    }
  }
}

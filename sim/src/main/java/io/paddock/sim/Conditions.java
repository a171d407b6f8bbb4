package io.paddock.sim;

import io.paddock.replica.ReplicaSettings;
import io.paddock.zab.ZabSettings;
import java.util.SplittableRandom;

/**
 * What a run's servers are set to and live in; drawn, so that runs differ in kind.
 *
 * @param networkDelayMsMax how long a packet travels at the most
 * @param stepMsMax the most time between two faults
 * @param snapshotTxns transactions between two snapshots, about
 * @param recentTxns decided transactions kept in memory for learners that come back
 * @param counterMax transactions of an epoch, after which its leader steps down
 * @param reconfigures whether an administrator gives servers their votes and takes them
 * @param keepsClients whether clients' connections outlive a leader
 */
record Conditions(
    int networkDelayMsMax,
    int stepMsMax,
    int snapshotTxns,
    int recentTxns,
    long counterMax,
    boolean reconfigures,
    boolean keepsClients) {
  static final int TICK_MS = 200;
  private static final int REAP_MS = 2000;
  private static final long COUNTER_MAX = 0xfffffffeL;

  static Conditions draw(SplittableRandom random, boolean keepsClients) {
    return new Conditions(
        one(random, 3, 6, 6, 40, 120),
        one(random, 120, 250, 250, 800),
        one(random, 20, 120, 400),
        one(random, 2, 12, 100),
        random.nextInt(6) == 0 ? 30 + random.nextInt(60) : COUNTER_MAX,
        random.nextInt(2) == 0,
        keepsClients);
  }

  private static int one(SplittableRandom random, int... of) {
    return of[random.nextInt(of.length)];
  }

  boolean shortEpochs() {
    return counterMax < COUNTER_MAX;
  }

  ZabSettings zab() {
    return new ZabSettings(
        TICK_MS, 10, 5, 0, 100, 100, 2000, 5, 50, recentTxns, 1 << 20, counterMax, true);
  }

  ReplicaSettings replica() {
    return new ReplicaSettings(TICK_MS, snapshotTxns, 0, REAP_MS, 100, 0)
        .keepingClients(keepsClients);
  }
}

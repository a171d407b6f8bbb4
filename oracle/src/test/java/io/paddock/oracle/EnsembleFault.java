package io.paddock.oracle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What can happen to an ensemble that has to go on all the same, and be whole again afterwards. */
enum EnsembleFault {
  KILL_LEADER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      killAndRestart(ensemble, load, ensemble.awaitLeader());
    }
  },
  KILL_FOLLOWER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      killAndRestart(ensemble, load, follower(ensemble, random));
    }
  },
  /** The ensemble is without a quorum, and one of the two comes back. */
  KILL_LEADER_AND_FOLLOWER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      int leader = ensemble.awaitLeader();
      int follower = follower(ensemble, random);
      ensemble.kill(leader);
      ensemble.kill(follower);
      ensemble.restart(follower);
      load.awaitProgress(WRITES);
      ensemble.restart(leader);
    }
  },
  FREEZE_LEADER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      int leader = ensemble.awaitLeader();
      ensemble.freeze(leader);
      load.awaitProgress(WRITES);
      ensemble.thaw(leader);
    }
  },
  FREEZE_FOLLOWER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      int follower = follower(ensemble, random);
      ensemble.freeze(follower);
      pass(ensemble, HOLD_NANOS);
      load.awaitProgress(WRITES);
      ensemble.thaw(follower);
    }
  },
  ROLLING_RESTART {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      for (int i : ensemble.all()) {
        ensemble.terminate(i);
        load.awaitProgress(1);
        ensemble.restart(i);
        ensemble.awaitServing(List.of(i));
      }
    }
  },
  LOSE_DATA {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) throws IOException {
      // While nobody writes: else the two others need not both have what a quorum had.
      int follower = follower(ensemble, random);
      load.audit("the beginning of " + this);
      ensemble.kill(follower);
      ensemble.loseData(follower);
      load.awaitProgress(WRITES);
      ensemble.restart(follower);
    }
  },
  ISOLATE_LEADER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      isolate(ensemble, load, ensemble.awaitLeader());
    }
  },
  ISOLATE_FOLLOWER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      isolate(ensemble, load, follower(ensemble, random));
    }
  },
  CUT_LEADER_FROM_FOLLOWER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      int leader = ensemble.awaitLeader();
      int follower = follower(ensemble, random);
      ensemble.links().cut(leader, follower);
      ensemble.links().cut(follower, leader);
      pass(ensemble, HOLD_NANOS);
      load.awaitProgress(WRITES);
      ensemble.links().heal();
    }
  },
  DEAFEN_FOLLOWER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      oneWay(ensemble, load, ensemble.awaitLeader(), follower(ensemble, random));
    }
  },
  MUTE_FOLLOWER {
    @Override
    void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random) {
      int leader = ensemble.awaitLeader();
      oneWay(ensemble, load, follower(ensemble, random), leader);
    }
  };

  /** Longer than the syncLimit that {@link #SETTINGS} give. */
  private static final long HOLD_NANOS = 3_000_000_000L;

  private static final int WRITES = 3;

  /** An ensemble that notices within two seconds. */
  static final List<String> SETTINGS =
      List.of(
          "tickTime=400",
          "initLimit=40",
          "syncLimit=5",
          "maxSessionTimeout=60000",
          "cnxTimeout=1000",
          "snapCount=1500");

  /** What happens to the links, and not to the servers. */
  static List<EnsembleFault> cuts() {
    return List.of(
        ISOLATE_LEADER, ISOLATE_FOLLOWER, CUT_LEADER_FROM_FOLLOWER, DEAFEN_FOLLOWER, MUTE_FOLLOWER);
  }

  /** What happens to servers. */
  static List<EnsembleFault> ofServers() {
    List<EnsembleFault> faults = new ArrayList<>(List.of(values()));
    faults.removeAll(cuts());
    return faults;
  }

  /** Does it, under load, and undoes it; afterwards all servers are on their way back. */
  abstract void strike(EnsembleProcesses ensemble, RecordedLoad load, Random random)
      throws IOException;

  /** Strikes, and sees that all is well again. */
  void strikeAndAudit(EnsembleProcesses ensemble, RecordedLoad load, Random random)
      throws IOException {
    long start = System.nanoTime();
    int before = load.acknowledged();
    try {
      strike(ensemble, load, random);
      ensemble.awaitServing(ensemble.all());
      load.awaitProgress(WRITES);
      load.audit(name());
    } catch (AssertionError e) {
      throw new AssertionError(this + ": " + e.getMessage() + "\n" + ensemble.tails(), e);
    }
    System.out.printf(
        "%-26s %5.1f s, %d writes%n",
        this, (System.nanoTime() - start) / 1e9, load.acknowledged() - before);
  }

  static int follower(EnsembleProcesses ensemble, Random random) {
    List<Integer> others = new ArrayList<>(ensemble.all());
    others.remove(Integer.valueOf(ensemble.awaitLeader()));
    return others.get(random.nextInt(others.size()));
  }

  private static void killAndRestart(EnsembleProcesses ensemble, RecordedLoad load, int server) {
    ensemble.kill(server);
    load.awaitProgress(WRITES);
    ensemble.restart(server);
  }

  private static void isolate(EnsembleProcesses ensemble, RecordedLoad load, int server) {
    for (int other : ensemble.all()) {
      if (other != server) {
        ensemble.links().cut(server, other);
        ensemble.links().cut(other, server);
      }
    }
    pass(ensemble, HOLD_NANOS);
    load.awaitProgress(WRITES);
    ensemble.links().heal();
  }

  private static void oneWay(EnsembleProcesses ensemble, RecordedLoad load, int from, int to) {
    ensemble.links().cut(from, to);
    pass(ensemble, HOLD_NANOS);
    load.awaitProgress(WRITES);
    ensemble.links().heal();
  }

  /** The fault lasts. */
  private static void pass(EnsembleProcesses ensemble, long nanos) {
    long start = System.nanoTime();
    ensemble.await("time", () -> System.nanoTime() - start > nanos);
  }
}

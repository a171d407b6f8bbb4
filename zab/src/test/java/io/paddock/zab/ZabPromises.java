package io.paddock.zab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What Zab promises, checked over a history from outside: "Zab: High-performance broadcast for
 * primary-backup systems" (Junqueira, Reed, Serafini, 2011), section III, whose names the methods
 * have. What "A simple totally ordered broadcast protocol" (Reed, Junqueira, 2008), section 3, asks
 * for follows from these: total order and causal order from the orders below, and that what was
 * skipped stays skipped from total order; its reliable delivery is that of a healed ensemble.
 *
 * <p>A process is one incarnation of a server: after a restart it delivers from the beginning. A
 * primary is a leader in its epoch.
 */
final class ZabPromises {
  private record Process(long sid, int incarnation) {}

  /**
   * @param deliveredBefore how much its primary had delivered when it broadcast for the first time
   */
  private record Epoch(Process primary, List<LoggedTxn> broadcasts, int deliveredBefore) {}

  private final TreeMap<Long, Epoch> epochs = new TreeMap<>();
  private final Map<Long, LoggedTxn> broadcasts = new HashMap<>();
  private final Map<Process, List<LoggedTxn>> delivered = new HashMap<>();

  /** abcast(v, z): a primary broadcasts a transaction. */
  void broadcasts(long sid, int incarnation, long epoch, long zxid, byte[] bytes) {
    Process process = new Process(sid, incarnation);
    LoggedTxn txn = new LoggedTxn(zxid, bytes.clone());
    epochs
        .computeIfAbsent(
            epoch, e -> new Epoch(process, new ArrayList<>(), deliveredBy(process).size()))
        .broadcasts()
        .add(txn);
    broadcasts.put(zxid, txn);
  }

  /** abdeliver(v, z): a process delivers a transaction. */
  void delivers(long sid, int incarnation, long zxid, byte[] bytes) {
    deliveredBy(new Process(sid, incarnation)).add(new LoggedTxn(zxid, bytes.clone()));
  }

  private List<LoggedTxn> deliveredBy(Process process) {
    return delivered.computeIfAbsent(process, p -> new ArrayList<>());
  }

  /** How many deliveries the promises were checked over. */
  int deliveries() {
    return delivered.values().stream().mapToInt(List::size).sum();
  }

  /** The promises that this history breaks, by name. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    check(broken, "integrity", integrity());
    check(broken, "total order", totalOrder());
    check(broken, "agreement", agreement());
    check(broken, "local primary order", localPrimaryOrder());
    check(broken, "global primary order", globalPrimaryOrder());
    check(broken, "primary integrity", primaryIntegrity());
    return broken;
  }

  private static void check(List<String> broken, String promise, boolean kept) {
    if (!kept) {
      broken.add(promise);
    }
  }

  /** If some process delivers (v, z), then some process has broadcast (v, z). */
  private boolean integrity() {
    return delivered.values().stream()
        .flatMap(List::stream)
        .allMatch(
            txn -> {
              LoggedTxn broadcast = broadcasts.get(txn.zxid());
              return broadcast != null && Arrays.equals(broadcast.bytes(), txn.bytes());
            });
  }

  /**
   * If some process delivers (v, z) before (v', z'), then any process that delivers (v', z') must
   * also deliver (v, z), and before (v', z').
   */
  private boolean totalOrder() {
    return delivered.values().stream()
        .allMatch(
            one ->
                delivered.values().stream().allMatch(other -> keepsOrder(one, positions(other))));
  }

  /** Whether each of {@code order} that is delivered comes behind all that come before it there. */
  private static boolean keepsOrder(List<LoggedTxn> order, Map<Long, Integer> positions) {
    boolean anyMissing = false;
    int latest = -1;
    for (LoggedTxn txn : order) {
      Integer position = positions.get(txn.zxid());
      if (position == null) {
        anyMissing = true;
      } else if (anyMissing || position < latest) {
        return false;
      } else {
        latest = position;
      }
    }
    return true;
  }

  private static Map<Long, Integer> positions(List<LoggedTxn> txns) {
    Map<Long, Integer> positions = new HashMap<>();
    for (int i = 0; i < txns.size(); i++) {
      positions.putIfAbsent(txns.get(i).zxid(), i);
    }
    return positions;
  }

  /**
   * If some process p delivers (v, z) and some process q delivers (v', z'), then either p delivers
   * (v', z') or q delivers (v, z).
   */
  private boolean agreement() {
    List<Set<Long>> sets = new ArrayList<>();
    delivered.values().forEach(txns -> sets.add(positions(txns).keySet()));
    return sets.stream()
        .allMatch(
            one ->
                sets.stream().allMatch(other -> one.containsAll(other) || other.containsAll(one)));
  }

  /**
   * If a primary broadcasts (v, z) before it broadcasts (v', z'), then a process that delivers (v',
   * z') must also deliver (v, z) before (v', z').
   */
  private boolean localPrimaryOrder() {
    return delivered.values().stream()
        .map(ZabPromises::positions)
        .allMatch(
            process -> epochs.values().stream().allMatch(e -> keepsOrder(e.broadcasts(), process)));
  }

  /**
   * If a primary broadcasts (v, z) and a later primary broadcasts (v', z'), then a process that
   * delivers both delivers (v, z) before (v', z').
   */
  private boolean globalPrimaryOrder() {
    Map<Long, Long> epochOf = new HashMap<>();
    epochs.forEach((e, epoch) -> epoch.broadcasts().forEach(txn -> epochOf.put(txn.zxid(), e)));
    for (List<LoggedTxn> txns : delivered.values()) {
      long latest = -1;
      for (LoggedTxn txn : txns) {
        long epoch = epochOf.getOrDefault(txn.zxid(), latest);
        if (epoch < latest) {
          return false;
        }
        latest = epoch;
      }
    }
    return true;
  }

  /**
   * If a primary broadcasts (v, z) and some process delivers (v', z') that an earlier primary has
   * broadcast, then the later primary must have delivered (v', z') before it broadcasts (v, z).
   */
  private boolean primaryIntegrity() {
    Set<Long> anywhere = new HashSet<>();
    delivered.values().forEach(txns -> txns.forEach(txn -> anywhere.add(txn.zxid())));
    for (Map.Entry<Long, Epoch> later : epochs.entrySet()) {
      Epoch epoch = later.getValue();
      Set<Long> before =
          positions(deliveredBy(epoch.primary()).subList(0, epoch.deliveredBefore())).keySet();
      boolean kept =
          epochs.headMap(later.getKey()).values().stream()
              .flatMap(earlier -> earlier.broadcasts().stream())
              .map(LoggedTxn::zxid)
              .filter(anywhere::contains)
              .allMatch(before::contains);
      if (!kept) {
        return false;
      }
    }
    return true;
  }
}

package io.paddock.zab;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A server's disk: what is durable, and a queue of what is not. Requests take effect in order; a
 * crash loses a suffix of them.
 */
final class SimDisk {
  /** What survives: a snapshot under its name, and the log behind it. */
  private List<LoggedTxn> base = List.of();

  private long baseZxid;
  private final List<LoggedTxn> log = new ArrayList<>();
  private long acceptedEpoch;
  private long currentEpoch;

  private record Request(Runnable effect, Runnable answer) {}

  private final ArrayDeque<Request> queue = new ArrayDeque<>();
  private final World world;
  private final SimServer server;
  private boolean working;
  private long requested;
  private long done;
  boolean slow;

  /** Planted: answers at once, before anything is durable. */
  boolean liesAboutLog;

  boolean liesAboutEpochs;

  /** Planted: says that it has truncated, and has not. */
  boolean losesTruncation;

  SimDisk(World world, SimServer server) {
    this.world = world;
    this.server = server;
  }

  /** Planted: says at start that its log is shorter than it is. */
  boolean hidesItsTail;

  DurableState recover() {
    working = false;
    int keep = queue.isEmpty() || world.random == null ? 0 : world.random.nextInt(queue.size() + 1);
    for (Request request : queue) {
      if (keep-- > 0) {
        request.effect().run();
      }
    }
    queue.clear();
    requested = done;
    long last = log.isEmpty() ? baseZxid : log.get(log.size() - 1).zxid();
    if (hidesItsTail && log.size() > 1) {
      log.remove(log.size() - 1);
      last = log.get(log.size() - 1).zxid();
    }
    // As a restart does: the epoch of the log was accepted, so it may be taken as current.
    currentEpoch = Math.max(currentEpoch, Math.min(acceptedEpoch, Zxid.epoch(last)));
    List<LoggedTxn> recent = log.subList(Math.max(0, log.size() - 5), log.size());
    return new DurableState(acceptedEpoch, currentEpoch, last, List.copyOf(recent));
  }

  /** Everything that a restart finds. */
  List<LoggedTxn> txns() {
    List<LoggedTxn> all = new ArrayList<>(base);
    all.addAll(log);
    return all;
  }

  void append(LoggedTxn txn) {
    Runnable answer = () -> server.input(zab -> zab.on(new ZabInput.Durable(txn.zxid())));
    request(() -> log.add(txn), liesAboutLog ? early(answer) : answer);
  }

  void saveAcceptedEpoch(long epoch) {
    Runnable answer = () -> server.input(zab -> zab.on(new ZabInput.AcceptedEpochSaved(epoch)));
    request(() -> acceptedEpoch = epoch, liesAboutEpochs ? early(answer) : answer);
  }

  void saveCurrentEpoch(long epoch) {
    Runnable answer = () -> server.input(zab -> zab.on(new ZabInput.CurrentEpochSaved(epoch)));
    request(() -> currentEpoch = epoch, liesAboutEpochs ? early(answer) : answer);
  }

  void saveSnapshot(List<LoggedTxn> txns, long zxid) {
    List<LoggedTxn> copy = List.copyOf(txns);
    request(
        () -> {
          base = copy;
          baseZxid = zxid;
          log.clear();
        },
        () -> server.input(zab -> zab.on(new ZabInput.SnapshotSaved(zxid))));
  }

  void truncate(long zxid) {
    boolean[] cut = new boolean[1];
    request(
        () -> {
          cut[0] = zxid == baseZxid || log.stream().anyMatch(t -> t.zxid() == zxid);
          if (cut[0] && !losesTruncation) {
            log.removeIf(t -> t.zxid() > zxid);
          }
        },
        () -> {
          if (cut[0]) {
            server.truncated(zxid);
          }
          server.input(
              zab -> {
                if (cut[0]) {
                  zab.on(new ZabInput.Truncated(zxid));
                } else {
                  zab.on(new ZabInput.TruncateFailed(zxid));
                }
              });
        });
  }

  /** Answers now, and no more when it is done. */
  private Runnable early(Runnable answer) {
    int incarnation = server.incarnation();
    world.after(
        0,
        () -> {
          if (server.isUp(incarnation)) {
            answer.run();
          }
        });
    return () -> {};
  }

  LogPlace find(long zxid) {
    long before = 0;
    long next = 0;
    for (LoggedTxn txn : log) {
      if (txn.zxid() <= zxid) {
        before = txn.zxid();
      } else if (next == 0) {
        next = txn.zxid();
      }
    }
    return before == 0 ? LogPlace.NONE : new LogPlace(true, before, next);
  }

  List<LoggedTxn> range(long after, long upTo) {
    return log.stream().filter(t -> t.zxid() > after && t.zxid() <= upTo).toList();
  }

  boolean hasInLog(long zxid) {
    return log.stream().anyMatch(t -> t.zxid() == zxid);
  }

  /** A mark to wait for: everything requested so far. */
  long mark() {
    return requested;
  }

  boolean isDone(long mark) {
    return done >= mark;
  }

  private void request(Runnable effect, Runnable answer) {
    queue.addLast(new Request(effect, answer));
    requested++;
    work();
  }

  /** Forces whatever has gathered, then answers for all of it: only the last append is told. */
  private void work() {
    if (working) {
      return;
    }
    working = true;
    int incarnation = server.incarnation();
    world.after(slow ? 50 + world.delay(300) : world.delay(6), () -> finish(incarnation));
  }

  private void finish(int incarnation) {
    if (!server.isUp(incarnation)) {
      return;
    }
    if (server.isPaused()) {
      world.after(20, () -> finish(incarnation));
      return;
    }
    List<Request> batch = new ArrayList<>(queue);
    queue.clear();
    working = false;
    for (Request request : batch) {
      request.effect().run();
      done++;
    }
    for (Request request : batch) {
      if (server.isUp(incarnation)) {
        request.answer().run();
      }
    }
  }
}

package io.paddock.sim;

import io.paddock.journal.DiskFullException;
import io.paddock.journal.Journal;
import io.paddock.journal.JournalSettings;
import io.paddock.journal.MemoryStorage;
import io.paddock.replica.Clock;
import io.paddock.replica.Membership;
import io.paddock.tree.Tree;
import io.paddock.zab.DurableState;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.Role;
import java.io.IOException;

/** A machine with a disk and clocks, on which a server runs or does not. One thread. */
final class SimServer {
  private static final long EPOCH_MS = 1_700_000_000_000L;
  private static final long PREALLOCATED_BYTES = 2048;
  private static final long JUST_MS = 500;

  private final World world;
  private final long sid;
  private EnsembleConfig config;
  private EnsembleConfig lastSeen;
  private final long monotonicStartMs;
  private MemoryStorage storage;
  private Incarnation running;
  private long wallOffsetMs;
  private long pausedUntilMs = -JUST_MS;
  private boolean slow;

  SimServer(World world, long sid, EnsembleConfig config) {
    this.world = world;
    this.sid = sid;
    this.config = config;
    this.lastSeen = config;
    this.monotonicStartMs = world.random.nextInt(1 << 20);
    this.storage = new MemoryStorage(world.random.nextLong());
  }

  long sid() {
    return sid;
  }

  String name() {
    return "server " + sid;
  }

  /** Who belongs to the ensemble, in files that are durable at once. */
  Membership membership() {
    return new Membership() {
      @Override
      public EnsembleConfig committed() {
        return config;
      }

      @Override
      public EnsembleConfig lastSeen() {
        return lastSeen;
      }

      @Override
      public int votersMin() {
        return 2;
      }

      @Override
      public void seen(EnsembleConfig next) {
        world.tell(name(), () -> "sees a configuration: " + words(next));
        lastSeen = next;
      }

      @Override
      public void committed(EnsembleConfig next) {
        world.tell(name(), () -> "is in a configuration: " + words(next));
        config = next;
        lastSeen = lastSeen.version() < next.version() ? next : lastSeen;
      }
    };
  }

  private static String words(EnsembleConfig config) {
    StringBuilder text = new StringBuilder("version " + Chronicle.hex(config.version()));
    config.servers().forEach(s -> text.append(s.observer() ? " (" + s.sid() + ")" : " " + s.sid()));
    return text.toString();
  }

  /** The server that runs here; null when it is down. */
  Incarnation running() {
    return running;
  }

  boolean isServing() {
    return running != null && running.serves();
  }

  boolean leads() {
    return isServing() && running.replica().serving() == Role.LEADING;
  }

  boolean isPaused() {
    return world.nowMs() < pausedUntilMs;
  }

  /** Whether it has stood still until a moment ago. */
  boolean hasJustWoken() {
    return !isPaused() && world.nowMs() - pausedUntilMs < JUST_MS;
  }

  boolean isSlow() {
    return slow;
  }

  Clock clock() {
    return new Clock() {
      @Override
      public long wallMs() {
        return EPOCH_MS + world.nowMs() + wallOffsetMs;
      }

      @Override
      public long monotonicMs() {
        return monotonicStartMs + world.nowMs();
      }
    };
  }

  /** Starts the server; with a full disk it may not come up. */
  void start() {
    if (running != null) {
      return;
    }
    try {
      Journal journal =
          Journal.open(
              storage,
              storage,
              JournalSettings.defaults().withPreAllocBytes(PREALLOCATED_BYTES),
              () -> world.nowMs() * 1_000_000);
      Loading loading = new Loading(journal, world.conditions.recentTxns());
      Tree tree = loading.load();
      DurableState durable = world.scale.alone() ? null : durable(journal, loading, tree);
      world.tell(
          name(),
          () ->
              "starts at %s, %s"
                  .formatted(
                      Chronicle.hex(tree.zxid()),
                      durable == null
                          ? "alone"
                          : "accepted epoch %d, current epoch %d"
                              .formatted(durable.acceptedEpoch(), durable.currentEpoch())));
      if (durable == null && journal.epochs().accepted().isPresent()) {
        throw new SimFinding(name() + " stands alone and has saved an epoch");
      }
      running = new Incarnation(world, this, journal, durable, tree, loading.replayed());
      running.start();
    } catch (DiskFullException e) {
      world.tell(name(), () -> "cannot start: its disk is full");
      storage = storage.kill(world.random.nextLong());
    } catch (MemoryStorage.CrashedException e) {
      world.tell(name(), () -> "dies while it starts");
      storage = storage.crash(world.random.nextLong());
    } catch (IOException e) {
      throw new SimFinding("server " + sid + " cannot start: " + e.getMessage(), e);
    }
  }

  private static DurableState durable(Journal journal, Loading loading, Tree tree)
      throws IOException {
    journal.epochs().reconcile(tree.zxid());
    return new DurableState(
        journal.epochs().accepted().orElseThrow(),
        journal.epochs().current().orElseThrow(),
        tree.zxid(),
        loading.recent());
  }

  /** The process dies, or the whole machine: then what was not forced may be lost, or torn. */
  void crash(boolean machine) {
    if (running == null && !storage.isDead()) {
      return;
    }
    if (running != null) {
      Incarnation dying = running;
      running = null;
      dying.die(machine);
    }
    storage =
        machine || storage.isDead()
            ? storage.crash(world.random.nextLong())
            : storage.kill(world.random.nextLong());
  }

  /** The process has seen that it cannot go on, or was let die at an operation of its disk. */
  void halted(IOException why) {
    world.tell(name(), () -> "ends: " + why.getMessage());
    crash(storage.isDead());
  }

  /** Lets the machine die at one of its next operations on the disk, having done a part of it. */
  void dieAtDiskOperation(int fromNow) {
    storage.failAt(fromNow, MemoryStorage.Fault.CRASH);
  }

  /** Its disk is sound again, and has room. */
  void mend() {
    if (storage.isDead()) {
      // Who waits for room on it has not noticed yet.
      crash(true);
    }
    storage.failAt(0, MemoryStorage.Fault.CRASH);
    room(Long.MAX_VALUE);
  }

  void pause(long ms) {
    pausedUntilMs = world.nowMs() + ms;
  }

  void slow(boolean now) {
    slow = now;
  }

  /** So much more can be written; all that is wanted with {@link Long#MAX_VALUE}. */
  void room(long bytes) {
    storage.setCapacityBytes(
        bytes == Long.MAX_VALUE ? Long.MAX_VALUE : storage.usedBytes() + bytes);
  }

  void turnClock(long ms) {
    wallOffsetMs += ms;
  }
}

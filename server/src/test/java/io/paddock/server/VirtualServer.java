package io.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.paddock.journal.Codec;
import io.paddock.journal.Journal;
import io.paddock.journal.JournalSettings;
import io.paddock.journal.MemoryStorage;
import io.paddock.machine.DataFiles;
import io.paddock.machine.DataLoader;
import io.paddock.machine.JournalThread;
import io.paddock.machine.SnapshotThread;
import io.paddock.metrics.ServerMetrics;
import io.paddock.replica.Clock;
import io.paddock.replica.FeedItem;
import io.paddock.replica.Replica;
import io.paddock.replica.ReplicaSettings;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Tree;
import io.paddock.tree.TreeSettings;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The shipping code of a server from its core down to the files' bytes, without its threads: one
 * thread, a random order of their turns, a clock of its own, a disk in memory. The same seed gives
 * the same run, up to the byte.
 */
final class VirtualServer {
  static final int TICK_MS = 100;
  private static final int LOOP_TICK_MS = 25;

  /** What outlives a server: the time, and what clients were told. */
  static final class World implements Clock {
    private long nowMs = 1_000_000;
    private final History history;

    World() {
      this(new History());
    }

    private World(History history) {
      this.history = history;
    }

    World copy() {
      World copy = new World(history.copy());
      copy.nowMs = nowMs;
      return copy;
    }

    History history() {
      return history;
    }

    @Override
    public long wallMs() {
      return 1_700_000_000_000L + nowMs;
    }

    @Override
    public long monotonicMs() {
      return nowMs;
    }
  }

  private final World world;
  private final MemoryStorage disk;
  private final InterleavedStorage storage;
  private final Random random;
  private final Load load;
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final CoreLoop core;
  private final JournalThread journalThread;
  private final SnapshotThread snapshotThread;
  private final Journal journal;
  private final Tree recovered;
  private final Replica replica;
  private FeedItem followed;
  private Throwable failure;
  private int mutationsAtFailure;

  /**
   * A start.
   *
   * @throws IOException what a server's start ends with
   */
  VirtualServer(MemoryStorage disk, World world, long seed) throws IOException {
    this.world = world;
    this.disk = disk;
    this.random = new Random(seed);
    this.storage = new InterleavedStorage(disk);
    JournalSettings settings =
        new JournalSettings(
            seed % 2 == 0 ? 2000 : 0, true, 6000, 1000, Codec.PLAIN, false, 2_097_150, 3);
    ServerMetrics metrics = new ServerMetrics(1000);
    journal = Journal.open(storage, storage, settings, () -> 0);
    DataLoader loader = new DataLoader(journal, TreeSettings.DEFAULT, true);
    recovered = loader.load();
    assertThat(loader.findings())
        .as("a snapshot appears whole or not at all")
        .noneMatch(finding -> finding.file().contains("snapshot"));
    channel.freezeTime();
    EventLoop loop = channel.eventLoop();
    core = new CoreLoop(loop, this::failed);
    snapshotThread =
        new SnapshotThread(
            tree -> DataLoader.writeSnapshot(journal, tree, true), core::failed, metrics);
    journalThread = new JournalThread(DataFiles.of(journal, true), snapshotThread, core, metrics);
    replica =
        Replica.alone(
            new ReplicaSettings(TICK_MS, 30, 0, 300, 100, 0),
            recovered,
            loader.replayed(),
            new Prep(PrepSettings.DEFAULT),
            world.history.recording(journalThread),
            world,
            random.nextLong());
    core.start(replica, journalThread, List.of(), LOOP_TICK_MS);
    followed = replica.last();
    load = new Load(core, recovered, random.nextLong());
  }

  private void failed(Throwable cause) {
    if (failure == null) {
      failure = cause;
      mutationsAtFailure = disk.mutations();
    }
  }

  /** What the start found. */
  Tree recovered() {
    return recovered;
  }

  Load load() {
    return load;
  }

  CoreLoop core() {
    return core;
  }

  Replica replica() {
    return replica;
  }

  /** Why the server stopped by itself; null while it has not. */
  Throwable failure() {
    return failure;
  }

  /** How many changes to the disk had been begun when it failed. */
  int mutationsAtFailure() {
    return mutationsAtFailure;
  }

  /** Whether it serves still. */
  boolean isUp() {
    return failure == null && !disk.isDead();
  }

  /** Lives through a number of turns, or until its end. */
  void play(int turns) throws IOException {
    play(turns, () -> false);
  }

  /** As {@link #play(int)}, or until {@code enough} says so. */
  void play(int turns, BooleanSupplier enough) throws IOException {
    for (int i = 0; i < turns && isUp() && !enough.getAsBoolean(); i++) {
      turn();
    }
    coreTurn();
  }

  private void turn() throws IOException {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5 -> load.submitSome();
      case 6, 7, 8, 9, 10 -> coreTurn();
      case 11, 12, 13, 14, 15 -> journalTurn();
      case 16, 17 -> pass(10 + random.nextInt(60));
      case 18 -> storage.interleave(snapshotThread::turn, this::othersTurns);
      default -> {
        if (random.nextInt(4) == 0) {
          purge();
        }
      }
    }
  }

  /** What the core and the journal do while another thread is about to change the disk. */
  private void othersTurns() {
    while (isUp() && random.nextInt(3) == 0) {
      switch (random.nextInt(3)) {
        case 0 -> load.submitSome();
        case 1 -> coreTurn();
        default -> journalTurn();
      }
    }
  }

  /** What the core does while the journal is about to change the disk. */
  private void coreTurns() {
    while (isUp() && random.nextInt(4) == 0) {
      if (random.nextBoolean()) {
        load.submitSome();
      }
      coreTurn();
    }
  }

  /** As the schedule does it: a failure is no more than a word in the log. */
  void purge() {
    try {
      storage.interleave(journal::purge, this::othersTurns);
    } catch (IOException e) {
      // The next one comes.
    }
  }

  /** Lets time pass, in which living clients send pings. */
  void pass(int ms) {
    world.nowMs += ms;
    load.touch();
    channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
    coreTurn();
  }

  void journalTurn() {
    try {
      storage.interleave(this::journalWork, this::coreTurns);
    } catch (IOException e) {
      throw new AssertionError("told to the core otherwise", e);
    }
  }

  private void journalWork() {
    if (!journalThread.turn()) {
      journalThread.idleTurn();
    }
  }

  /** The journal's thread looks whether its files are there, as it does every now and then. */
  void look() {
    journalThread.look();
  }

  /** Everything under way arrives. */
  void settle() {
    do {
      coreTurn();
    } while (journalThread.turn() && isUp());
    coreTurn();
  }

  private void coreTurn() {
    channel.runPendingTasks();
    for (FeedItem item = followed.next(); item != null; item = item.next()) {
      followed = item;
      world.history.published(item);
      load.heard(item);
    }
    if (replica.isDiskFull() && replica.outstanding() == 0) {
      world.history.restRefused();
    }
  }
}

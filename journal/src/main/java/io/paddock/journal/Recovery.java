package io.paddock.journal;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One walk through the files at a start: first {@link #load}, then {@link #replay}. Nothing is to
 * be published before both have returned, because damage may show late.
 *
 * <p>The newest snapshot whose body and checksums hold is loaded; a damaged one is passed over and
 * said. Having fallen back to an older one, replay insists that the log reaches back to it, and
 * that it passes through the zxid of every newer snapshot, damaged, or remembered and gone: else
 * transactions that only that snapshot held would be lost silently. (A zxid with counter 0 names an
 * epoch and no transaction, so it cannot be insisted on.)
 *
 * <p>For one thread.
 */
public final class Recovery {
  private static final int CANDIDATES_MAX = 100;

  private static final String RESTORE =
      "Bring the snapshot back from a backup; or, in an ensemble with a healthy majority, move version-2 away and let"
          + " this server copy the leader's state. To accept the loss instead, move the damaged file and "
          + SnapshotMemory.NAME
          + " away";

  private final Storage snapshotStorage;
  private final Storage logStorage;
  private final Snapshots snapshots;
  private final JournalSettings settings;
  private final LogIndex index;
  private final Done recovered;
  private final List<Finding> findings = new ArrayList<>();

  /** Zxids of snapshots newer than the loaded one, that replay must meet. */
  private final SortedSet<Long> newer = new TreeSet<>();

  /** Hears of the end. */
  interface Done {
    /**
     * @param last the newest zxid
     * @param loaded the snapshot it began with; null without
     */
    void recovered(long last, FileName loaded) throws IOException;
  }

  private boolean loadDone;
  private FileName loadedFile;
  private SnapshotMeta meta;
  private long replayAfter;

  Recovery(
      Storage snapshotStorage,
      Storage logStorage,
      Snapshots snapshots,
      JournalSettings settings,
      LogIndex index,
      Done recovered) {
    this.snapshotStorage = snapshotStorage;
    this.logStorage = logStorage;
    this.snapshots = snapshots;
    this.settings = settings;
    this.index = index;
    this.recovered = recovered;
  }

  /**
   * Loads the newest snapshot that can be loaded.
   *
   * @return what {@code reader} made of it; empty if there is no snapshot: then the tree starts
   *     empty
   * @throws DamagedException if no snapshot can be loaded although there are some, or if there are
   *     logs without one
   */
  public <T> Optional<T> load(SnapshotBodyReader<T> reader) throws IOException {
    List<FileName> files = snapshots.newestFirst();
    newer.addAll(snapshots.memory().zxids());
    int tried = 0;
    for (FileName file : files) {
      if (!snapshots.looksWhole(file)) {
        passOver(file, "not a whole snapshot; an older one is used");
        continue;
      }
      if (++tried > CANDIDATES_MAX) {
        break;
      }
      Snapshots.Loaded<T> loaded;
      try {
        loaded = snapshots.load(file, reader);
      } catch (DiskFullException e) {
        // It was not the file that failed.
        throw e;
      } catch (IOException | RuntimeException e) {
        passOver(file, "cannot be loaded: " + reason(e) + "; an older one is used");
        continue;
      }
      makeDurable(file);
      loadedFile = file;
      found(loaded.meta());
      return Optional.of(loaded.value());
    }
    checkEmptyStart(files, tried);
    loadDone = true;
    return Optional.empty();
  }

  /** What the loaded snapshot says of itself; empty before {@link #load} and without a snapshot. */
  public Optional<SnapshotMeta> snapshot() {
    return Optional.ofNullable(meta);
  }

  /**
   * Delivers the transactions after the snapshot, and repairs what a crash left at the end of the
   * log. Afterwards the journal's log can be written.
   *
   * @return the newest zxid: the last record's, or the snapshot's, or 0 in an empty directory
   * @throws DamagedException if transactions are unreadable or missing
   */
  public long replay(RecordSink sink) throws IOException {
    if (!loadDone) {
      throw new IllegalStateException("load a snapshot first");
    }
    Milestones milestones = new Milestones(newer, replayAfter);
    LogScan scan = new LogScan(logStorage, settings, findings, index);
    RecordSink checked =
        milestones.isEmpty()
            ? sink
            : (zxid, buf, off, len) -> {
              milestones.pass(zxid);
              sink.record(zxid, buf, off, len);
            };
    if (!newer.isEmpty() && replayAfter > 0 && !logReachesBack()) {
      throw new DamagedException(
          logStorage.describe(FileName.log(replayAfter + 1)),
          -1,
          "no log reaches back to snapshot "
              + LogFormat.hex(replayAfter)
              + ", the newest that can be loaded; newer ones ("
              + hexes(newer)
              + ") are damaged or gone",
          RESTORE);
    }
    long last = scan.replay(replayAfter, checked);
    milestones.finish();
    last = Math.max(last, 0);
    recovered.recovered(last, loadedFile);
    return last;
  }

  /** What was met and could be handled so far, to be said to the operator. */
  public List<Finding> findings() {
    return Collections.unmodifiableList(findings);
  }

  private void found(SnapshotMeta loaded) {
    meta = loaded;
    replayAfter = loaded.zxid();
    newer.removeIf(zxid -> zxid <= replayAfter);
    loadDone = true;
  }

  /** Who wrote it may not have forced it, and retention will rely on it. */
  private void makeDurable(FileName file) throws IOException {
    if (settings.forceSync()) {
      try (Storage.Handle handle = snapshotStorage.open(file.name())) {
        handle.force();
      }
      snapshotStorage.syncDirectory();
    }
  }

  /** What an operator can read: not every exception has a message. */
  private static String reason(Exception e) {
    if (e.getMessage() != null) {
      return e.getMessage();
    }
    return e instanceof EOFException ? "it ends early" : "its bytes make no sense";
  }

  private void passOver(FileName file, String what) {
    findings.add(new Finding(snapshotStorage.describe(file.name()), -1, what, 0));
    // An unfinished copy of a leader's snapshot by Apache's server: it never counted.
    if (!file.suffix().endsWith("tmp")) {
      newer.add(file.zxid());
    }
  }

  private void checkEmptyStart(List<FileName> files, int tried) throws IOException {
    List<FileName> logs = FileName.list(logStorage, FileName.LOG_PREFIX);
    boolean onlyTheFirst = files.stream().allMatch(file -> file.zxid() == 0);
    if (logs.isEmpty() && onlyTheFirst) {
      // At most a first snapshot of an empty tree that a crash stopped: nothing was ever logged.
      newer.remove(0L);
      return;
    }
    if (tried == 0 && settings.trustEmpty() && !logs.isEmpty()) {
      replayAfter = -1;
      findings.add(
          new Finding(
              logStorage.describe(logs.get(0).name()),
              -1,
              "logs without a snapshot are replayed onto an empty tree, because snapshot.trust.empty says so",
              0));
      return;
    }
    if (files.isEmpty()) {
      throw new DamagedException(
          logStorage.describe(logs.get(0).name()),
          -1,
          "there are transaction logs but no snapshot, so their beginning may be missing",
          RESTORE
              + ". After an upgrade from a release before 3.5.3 set snapshot.trust.empty=true for one start");
    }
    throw new DamagedException(
        snapshotStorage.describe(files.get(0).name()),
        -1,
        "no snapshot can be loaded: all are damaged",
        RESTORE);
  }

  private boolean logReachesBack() throws IOException {
    return LogScan.startsAtOrBelow(logStorage, replayAfter + 1);
  }

  private static String hexes(SortedSet<Long> zxids) {
    List<String> hexes = new ArrayList<>();
    zxids.forEach(zxid -> hexes.add(LogFormat.hex(zxid)));
    return String.join(", ", hexes);
  }

  /** Zxids that replay must pass through, each exactly. */
  private final class Milestones {
    private final Deque<Long> ahead = new ArrayDeque<>();

    Milestones(SortedSet<Long> zxids, long after) {
      zxids.stream()
          .filter(zxid -> zxid > after && LogFormat.counter(zxid) != 0)
          .forEach(ahead::add);
    }

    boolean isEmpty() {
      return ahead.isEmpty();
    }

    void pass(long zxid) throws DamagedException {
      if (!ahead.isEmpty() && zxid >= ahead.peek()) {
        long expected = ahead.remove();
        if (zxid != expected) {
          throw missing(expected);
        }
      }
    }

    void finish() throws DamagedException {
      if (!ahead.isEmpty()) {
        throw missing(ahead.peek());
      }
    }

    private DamagedException missing(long zxid) {
      return new DamagedException(
          snapshotStorage.describe(Codec.PLAIN.nameOf(zxid)),
          -1,
          "this snapshot is damaged or gone, and the logs do not hold its transactions up to "
              + LogFormat.hex(zxid),
          RESTORE);
    }
  }
}

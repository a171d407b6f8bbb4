package io.paddock.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * The files of one server: transaction log, snapshots and epochs, in the directories that Apache
 * ZooKeeper calls {@code dataLogDir/version-2} and {@code dataDir/version-2}.
 *
 * <pre>
 *   Journal journal = Journal.open(dataDir, dataLogDir, settings, System::nanoTime);
 *   Recovery recovery = journal.recover();
 *   tree = recovery.load(codec::read).orElse(empty);
 *   long last = recovery.replay(tree::apply);
 *   journal.log().append(last + 1, ...); journal.log().force();
 * </pre>
 *
 * <p>Threads: the log and the epochs belong to one thread; snapshots and {@link #purge} may run on
 * others, at the same time, and so may {@link #read} and {@link #find}. {@link #truncate}, {@link
 * #install} and {@link #recover} need snapshots to rest; readers have their files cut under them.
 *
 * <p>Files of ours that Apache's server passes over: {@code tmp.*} (unfinished, removed at the next
 * start), {@code aside.log.*} (log files without a header, left by a crash) and {@code
 * paddock.snapshots} ({@link SnapshotMemory}).
 */
public final class Journal implements AutoCloseable {
  private final Storage snapshotStorage;
  private final Storage logStorage;
  private final JournalSettings settings;
  private final LongSupplier nanoClock;
  private final Snapshots snapshots;
  private final Epochs epochs;
  private final LogIndex index = new LogIndex();
  private final Inventory inventory;

  /** Held by whoever removes files. */
  private final Object files = new Object();

  /** From where on the log is being read, and by how many; guarded by {@link #files}. */
  private final TreeMap<Long, Integer> pins = new TreeMap<>();

  private TxnLog log;

  private Journal(
      Storage snapshotStorage,
      Storage logStorage,
      JournalSettings settings,
      LongSupplier nanoClock) {
    this.snapshotStorage = snapshotStorage;
    this.logStorage = logStorage;
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.inventory = new Inventory(snapshotStorage, logStorage);
    this.snapshots = new Snapshots(snapshotStorage, inventory);
    this.epochs = new Epochs(snapshotStorage);
  }

  /**
   * Opens the files; nothing is read yet.
   *
   * @param snapshotStorage where snapshots and epochs are
   * @param logStorage where the transaction log is; may be the same object
   * @param nanoClock nanoseconds from some start, to tell how long forces take
   * @throws DamagedException if files lie in the wrong one of two directories
   */
  public static Journal open(
      Storage snapshotStorage, Storage logStorage, JournalSettings settings, LongSupplier nanoClock)
      throws IOException {
    if (snapshotStorage != logStorage) {
      refuseMisplaced(snapshotStorage, FileName.LOG_PREFIX, "a transaction log", "dataLogDir");
      refuseMisplaced(logStorage, FileName.SNAPSHOT_PREFIX, "a snapshot", "dataDir");
    }
    removeUnfinished(snapshotStorage);
    removeUnfinished(logStorage);
    return new Journal(snapshotStorage, logStorage, settings, nanoClock);
  }

  /** The longest payload of a record, both ways. */
  public int recordBytesMax() {
    return settings.recordBytesMax();
  }

  /** Starts a walk through the files. The log can be written once its replay has returned. */
  public Recovery recover() throws IOException {
    closeLog();
    log = null;
    return new Recovery(
        snapshotStorage,
        logStorage,
        snapshots,
        settings,
        index,
        (last, loaded) -> {
          inventory.recovered(loaded);
          log = newLog(last);
        });
  }

  /**
   * The writer.
   *
   * @throws IllegalStateException before a recovery is complete
   */
  public TxnLog log() {
    if (log == null) {
      throw new IllegalStateException("the log can be written after a recovery");
    }
    return log;
  }

  /** The epoch files. */
  public Epochs epochs() {
    return epochs;
  }

  /**
   * Writes a snapshot durably: when this returns it can be relied on; when it throws, there is none
   * and the older ones are untouched.
   *
   * @param zxid the state's zxid: the body has all transactions up to it
   * @param digest tree digest (version 2) at that zxid, if known
   * @param body writes the body
   * @return bytes of the file
   * @throws DiskFullException if there is no room for it
   * @throws DiskFailedException if it is there, but nobody knows for how long
   */
  public long writeSnapshot(long zxid, OptionalLong digest, SnapshotBodyWriter body)
      throws IOException {
    return snapshots.write(zxid, digest, settings.snapshotCodec(), body);
  }

  /**
   * Replaces the state by a leader's (SNAP): writes the snapshot durably and then removes all that
   * is newer. A crash between leaves the snapshot with transactions behind it that the leader does
   * not have, as before the call.
   *
   * @throws DiskFullException if there is no room: what was there before is still valid, and the
   *     call may be made again
   */
  public long install(long zxid, OptionalLong digest, SnapshotBodyWriter body) throws IOException {
    synchronized (files) {
      closeLog();
      long bytes = writeSnapshot(zxid, digest, body);
      inventory.clear();
      snapshots.dropAfter(zxid);
      newScan().dropAfter(zxid);
      inventory.replaced(zxid, settings.snapshotCodec().nameOf(zxid), bytes);
      log = newLog(zxid);
      return bytes;
    }
  }

  /**
   * Removes durably every transaction and every snapshot above {@code zxid} (TRUNC), if that leads
   * exactly to {@code zxid}: a snapshot at or below it looks whole, and the log holds that very
   * transaction or the snapshot is of it. Then {@link #recover} must follow.
   *
   * @return whether it was done; if not, nothing was changed
   * @throws DiskFullException if there is no room to note it down: the call may be made again
   */
  public boolean truncate(long zxid) throws IOException {
    synchronized (files) {
      if (!leadsTo(zxid)) {
        return false;
      }
      closeLog();
      inventory.clear();
      snapshots.dropAfter(zxid);
      newScan().dropAfter(zxid);
      return true;
    }
  }

  /**
   * What is wrong with the files that a restart would read, a line each, and with their
   * directories: gone, others in their place, cut. Empty when it would find everything that was
   * forced. Cheap: looks at names, and reads nothing. Any thread.
   */
  public List<String> lost() throws IOException {
    return inventory.lost();
  }

  /**
   * Writes the epochs again where somebody has removed them. For the log's thread.
   *
   * @return what was written
   */
  public List<Finding> restoreEpochs() throws IOException {
    return epochs.restore();
  }

  /**
   * Makes good what {@link #lost} tells of: makes the directories anew where they are gone, writes
   * the state as a snapshot, durably, and lets the log go on behind it in a new file. Log files
   * that were cut or exchanged are moved aside. The old log is closed, what was appended to it and
   * not forced is given up.
   *
   * @param zxid the state's zxid: all that was appended, forced or not
   * @throws DiskFullException if there is no room for it, or not the right to: the call may be made
   *     again
   * @throws DamagedException if somebody else's files stand where ours did: they are not touched
   */
  public void remake(long zxid, OptionalLong digest, SnapshotBodyWriter body) throws IOException {
    synchronized (files) {
      if (log != null) {
        log.abandon();
      }
      claim(snapshotStorage);
      if (logStorage != snapshotStorage) {
        claim(logStorage);
      }
      for (String name : inventory.damagedLogs()) {
        logStorage.rename(name, FileName.ASIDE_PREFIX + name);
      }
      logStorage.syncDirectory();
      index.clear();
      long bytes = writeSnapshot(zxid, digest, body);
      inventory.replaced(zxid, settings.snapshotCodec().nameOf(zxid), bytes);
      epochs.restore();
      log = newLog(zxid);
    }
    List<String> lost = lost();
    if (!lost.isEmpty()) {
      throw new FilesLostException(String.join("; ", lost), null);
    }
  }

  /** Takes the directory, unless there is already what we would be mixed up with. */
  private static void claim(Storage storage) throws IOException {
    if (!storage.remake()) {
      return;
    }
    List<FileName> strange = new ArrayList<>(FileName.list(storage, FileName.SNAPSHOT_PREFIX));
    strange.addAll(FileName.list(storage, FileName.LOG_PREFIX));
    if (!strange.isEmpty()) {
      throw new DamagedException(
          storage.describe(strange.get(0).name()),
          -1,
          "the directory was exchanged under the running server for one with other files in it",
          "Bring the directory back that belongs to this server, or let it begin with this one by a restart");
    }
  }

  /**
   * Delivers durable transactions from the files, for a learner that needs more than is in memory.
   * Changes nothing, and may take its time; may run on any thread beside the writer. Retention
   * keeps away from the files it needs.
   *
   * <p>Where a leader's snapshot replaced the state, the log has a hole; where old files were
   * removed, it has a beginning.
   *
   * @param after the zxid before the first one
   * @param upTo the last zxid, at most {@link TxnLog#forcedZxid}; may be no transaction
   * @return whether they came without a hole up to {@code upTo}; if not, what was delivered has
   *     none either but ends too early
   */
  public boolean read(long after, long upTo, RecordSink sink) throws IOException {
    pin(after, 1);
    try {
      return newExcerpt().read(after, upTo, states(), sink);
    } finally {
      pin(after, -1);
    }
  }

  /**
   * Finds a transaction in the log, near where it stands, without reading on from there; or, where
   * a later epoch follows without it, the last of its epoch. Any thread.
   *
   * @return null if there is neither or it is the last, or a hole follows, be it right behind or
   *     later: else a learner would be sent a part of the log, and come again for the same
   */
  public LogSpot find(long zxid) throws IOException {
    pin(zxid - 1, 1);
    try {
      LogExcerpt excerpt = newExcerpt();
      LogSpot spot = excerpt.find(zxid);
      if (spot == null || !isEnough(spot, zxid) || !LogFormat.follows(spot.at(), spot.next())) {
        return null;
      }
      for (long state : states().tailSet(spot.at(), false)) {
        if (!excerpt.has(state)) {
          return null;
        }
      }
      return spot;
    } finally {
      pin(zxid - 1, -1);
    }
  }

  private static boolean isEnough(LogSpot spot, long zxid) {
    long epoch = LogFormat.epoch(zxid);
    boolean beyondTheEnd = LogFormat.epoch(spot.at()) == epoch && LogFormat.counter(spot.at()) != 0;
    return spot.at() == zxid || beyondTheEnd && LogFormat.epoch(spot.next()) != epoch;
  }

  /** The trees there were, whatever became of them. */
  private NavigableSet<Long> states() throws IOException {
    NavigableSet<Long> states = new TreeSet<>();
    for (FileName file : snapshots.newestFirst()) {
      states.add(file.zxid());
    }
    return states;
  }

  private void pin(long after, int count) {
    synchronized (files) {
      pins.merge(after, count, Integer::sum);
      pins.remove(after, 0);
    }
  }

  /**
   * Removes old snapshots and logs, keeping the settings' number of snapshots, the logs they need,
   * and what is just being read.
   *
   * @return the names of the files removed
   */
  public List<String> purge() throws IOException {
    synchronized (files) {
      refuseMisplaced(snapshotStorage);
      refuseMisplaced(logStorage);
      long pinned = pins.isEmpty() ? Long.MAX_VALUE : pins.firstKey() + 1;
      return new Purge(snapshotStorage, logStorage, snapshots)
          .run(settings.snapshotsRetained(), pinned);
    }
  }

  /** Forces what was appended and closes the log. */
  @Override
  public void close() throws IOException {
    closeLog();
  }

  private TxnLog newLog(long lastZxid) {
    return new TxnLog(logStorage, settings, lastZxid, nanoClock, index, inventory);
  }

  private LogScan newScan() {
    return new LogScan(logStorage, settings, new ArrayList<>(), index);
  }

  private LogExcerpt newExcerpt() {
    return new LogExcerpt(logStorage, settings, index);
  }

  private void closeLog() throws IOException {
    if (log != null) {
      log.close();
    }
  }

  private boolean leadsTo(long zxid) throws IOException {
    for (FileName file : snapshots.newestFirst()) {
      if (file.zxid() <= zxid && snapshots.looksWhole(file)) {
        return file.zxid() == zxid || newScan().contains(zxid);
      }
    }
    return false;
  }

  private static void refuseMisplaced(Storage storage, String prefix, String what, String where)
      throws IOException {
    List<FileName> misplaced = FileName.list(storage, prefix);
    if (!misplaced.isEmpty()) {
      throw new DamagedException(
          storage.describe(misplaced.get(0).name()),
          -1,
          "this is " + what + " in the wrong directory",
          "Move all files of this kind to version-2 in " + where);
    }
  }

  /** What stands there now is somebody else's. */
  private static void refuseMisplaced(Storage storage) throws IOException {
    String misplaced = storage.misplaced();
    if (misplaced != null) {
      throw new FilesLostException(misplaced, null);
    }
  }

  private static void removeUnfinished(Storage storage) throws IOException {
    for (String name : storage.list()) {
      if (name.startsWith(FileName.TEMPORARY_PREFIX)) {
        storage.delete(name);
      }
    }
  }
}

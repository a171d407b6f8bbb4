package io.paddock.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Retention (files protocol sheet, section 3.7): keeps the newest snapshots that look whole and the
 * logs from the oldest of those on. With X that oldest one's zxid, every snapshot and log named
 * below X goes, except the newest log at or below X: it holds what follows X. A crash half-way
 * leaves files that the next run removes.
 */
final class Purge {
  private final Storage snapshotStorage;
  private final Storage logStorage;
  private final Snapshots snapshots;

  Purge(Storage snapshotStorage, Storage logStorage, Snapshots snapshots) {
    this.snapshotStorage = snapshotStorage;
    this.logStorage = logStorage;
    this.snapshots = snapshots;
  }

  /**
   * Removes files.
   *
   * @param pinned the first zxid that somebody is about to read from the log
   * @return the names of the files removed
   */
  List<String> run(int retained, long pinned) throws IOException {
    List<String> removed = new ArrayList<>();
    List<FileName> all = snapshots.newestFirst();
    long oldestKept = -1;
    int kept = 0;
    for (FileName file : all) {
      if (kept < retained && snapshots.looksWhole(file)) {
        kept++;
        oldestKept = file.zxid();
      }
    }
    if (kept == 0) {
      return removed;
    }
    // With a log there stay the snapshots that show where it has holes.
    oldestKept = Math.min(oldestKept, pinned);
    for (int i = all.size() - 1; i >= 0; i--) {
      removeBelow(snapshotStorage, all.get(i), oldestKept, removed);
    }
    List<FileName> logs = FileName.list(logStorage, FileName.LOG_PREFIX);
    long needed = oldestKept;
    for (FileName log : logs) {
      needed = log.zxid() <= oldestKept ? log.zxid() : needed;
    }
    for (FileName log : logs) {
      removeBelow(logStorage, log, needed, removed);
    }
    for (FileName aside : FileName.list(logStorage, FileName.ASIDE_PREFIX + FileName.LOG_PREFIX)) {
      removeBelow(logStorage, aside, oldestKept, removed);
    }
    if (!removed.isEmpty()) {
      snapshotStorage.syncDirectory();
      logStorage.syncDirectory();
      snapshots.memory().keep(oldestKept, Long.MAX_VALUE);
    }
    return removed;
  }

  private static void removeBelow(Storage storage, FileName file, long zxid, List<String> removed)
      throws IOException {
    if (file.zxid() < zxid) {
      storage.delete(file.name());
      removed.add(file.name());
    }
  }
}

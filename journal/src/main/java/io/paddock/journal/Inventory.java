package io.paddock.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files that a restart would read, as the journal left them: the newest snapshot and the log
 * files from it on. It is asked whether they are still there, which costs a look at each name. Any
 * thread.
 *
 * <p>The log file being written is held open, so its identity cannot be given to another file and
 * is compared; of the others the length is. What somebody else writes into a file without changing
 * its length shows only in its checksums, at the next start.
 */
final class Inventory {
  private final Storage snapshotStorage;
  private final Storage logStorage;

  private boolean known;
  private String snapshot;
  private long snapshotZxid = -1;
  private long snapshotBytes;

  /** Log files that are written no more: their lengths, by the zxids in their names. */
  private final TreeMap<Long, Left> left = new TreeMap<>();

  /** The log file being written; null without one. */
  private String current;

  private Object currentIdentity;
  private long currentBytes;

  private record Left(String name, long bytes) {}

  Inventory(Storage snapshotStorage, Storage logStorage) {
    this.snapshotStorage = snapshotStorage;
    this.logStorage = logStorage;
  }

  /** Nothing is known for now: files are being removed and cut on purpose. */
  synchronized void clear() {
    known = false;
    snapshot = null;
    snapshotZxid = -1;
    left.clear();
    current = null;
  }

  /** A start has read these. */
  synchronized void recovered(FileName loaded) throws IOException {
    clear();
    known = true;
    if (loaded != null) {
      snapshot = loaded.name();
      snapshotZxid = loaded.zxid();
      snapshotBytes = snapshotStorage.size(loaded.name());
    }
    List<FileName> logs = FileName.list(logStorage, FileName.LOG_PREFIX);
    for (FileName log : logs.subList(LogScan.startIndex(logs, snapshotZxid), logs.size())) {
      left.put(log.zxid(), new Left(log.name(), logStorage.size(log.name())));
    }
  }

  /** The state is this snapshot's, and no log is behind it. */
  synchronized void replaced(long zxid, String name, long bytes) {
    clear();
    known = true;
    snapshotWritten(zxid, name, bytes);
  }

  /** A snapshot was written; the log from there on is needed with it, and no more. */
  synchronized void snapshotWritten(long zxid, String name, long bytes) {
    if (zxid < snapshotZxid) {
      return;
    }
    snapshot = name;
    snapshotZxid = zxid;
    snapshotBytes = bytes;
    Map.Entry<Long, Left> first = left.floorEntry(zxid + 1);
    if (current != null && FileName.parse(current, FileName.LOG_PREFIX).zxid() <= zxid + 1) {
      left.clear();
    } else if (first != null) {
      left.headMap(first.getKey()).clear();
    }
  }

  /** A log file was created. */
  synchronized void opened(String name) throws IOException {
    Storage.Mark mark = logStorage.mark(name);
    current = name;
    currentIdentity = mark == null ? null : mark.identity();
    currentBytes = 0;
  }

  /** The log file being written is of this length now. */
  synchronized void length(long bytes) {
    currentBytes = bytes;
  }

  /** The log file being written is written no more. */
  synchronized void closed() {
    FileName name = FileName.parse(current, FileName.LOG_PREFIX);
    left.put(name.zxid(), new Left(current, currentBytes));
    current = null;
  }

  /** The log file being written was removed, on purpose. */
  synchronized void removed() {
    current = null;
  }

  /** What is wrong with the log file being written; null when nothing is. */
  synchronized String lostOfCurrent() throws IOException {
    if (current == null) {
      return null;
    }
    Storage.Mark mark = logStorage.mark(current);
    if (mark != null && !mark.identity().equals(currentIdentity)) {
      return logStorage.describe(current) + " is another file than the one that is written";
    }
    return lost(logStorage, current, mark, currentBytes);
  }

  /** What is wrong, a line for each file or directory; empty when a restart would find all. */
  synchronized List<String> lost() throws IOException {
    if (!known) {
      return List.of("the files in " + logStorage.describe("") + " are being rewritten");
    }
    List<String> lost = new ArrayList<>();
    add(lost, snapshotStorage.misplaced());
    if (logStorage != snapshotStorage) {
      add(lost, logStorage.misplaced());
    }
    if (!lost.isEmpty()) {
      return lost;
    }
    if (snapshot != null) {
      Storage.Mark mark = snapshotStorage.mark(snapshot);
      add(lost, lost(snapshotStorage, snapshot, mark, snapshotBytes));
    }
    for (Left log : left.values()) {
      add(lost, lost(logStorage, log.name, logStorage.mark(log.name), log.bytes));
    }
    add(lost, lostOfCurrent());
    return lost;
  }

  /** The log files that are there and are not what was written. */
  synchronized List<String> damagedLogs() throws IOException {
    List<String> damaged = new ArrayList<>();
    for (Left log : left.values()) {
      Storage.Mark mark = logStorage.mark(log.name);
      if (mark != null && mark.size() < log.bytes) {
        damaged.add(log.name);
      }
    }
    if (current != null && lostOfCurrent() != null && logStorage.mark(current) != null) {
      damaged.add(current);
    }
    return damaged;
  }

  private static void add(List<String> lost, String what) {
    if (what != null) {
      lost.add(what);
    }
  }

  private static String lost(Storage storage, String name, Storage.Mark mark, long bytes) {
    if (mark == null) {
      return storage.describe(name) + " is gone";
    }
    return mark.size() < bytes
        ? storage.describe(name) + " was cut from " + bytes + " to " + mark.size() + " bytes"
        : null;
  }
}

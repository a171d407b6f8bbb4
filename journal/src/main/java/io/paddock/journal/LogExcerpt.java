package io.paddock.journal;

import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;

/**
 * Reads parts of the log while it is written, for learners; starts near where they begin and
 * repairs nothing. For one thread.
 */
final class LogExcerpt {
  private final Storage storage;
  private final JournalSettings settings;
  private final LogIndex index;
  private final LogReader.Window window = new LogReader.Window();

  LogExcerpt(Storage storage, JournalSettings settings, LogIndex index) {
    this.storage = storage;
    this.settings = settings;
    this.index = index;
  }

  /**
   * Delivers the records with {@code after} < zxid ≤ {@code upTo} and changes nothing; for one that
   * reads what another thread has made durable.
   *
   * <p>Two things no zxid shows, since an epoch begins with 1 whatever came before: that the log
   * does not reach back to {@code after}, and that a leader's snapshot stands for what is missing
   * between two epochs.
   *
   * @param states zxids of snapshots
   * @return whether they came without a hole, from {@code after} on, and the last one is {@code
   *     upTo} or the one before the next there is
   */
  boolean read(long after, long upTo, NavigableSet<Long> states, RecordSink sink)
      throws IOException {
    List<FileName> files = FileName.list(storage, FileName.LOG_PREFIX);
    long last = after;
    boolean joined = states.contains(after);
    for (int i = LogScan.startIndex(files, after); i < files.size() && last < upTo; i++) {
      try (LogReader reader = openNear(files.get(i), after)) {
        if (reader == null) {
          return false;
        }
        long noteFrom = 0;
        while (last < upTo && reader.next() == LogReader.Next.RECORD) {
          long zxid = reader.zxid();
          noteFrom = index.note(files.get(i), reader, noteFrom);
          joined |= zxid == after || zxid == after + 1;
          if (zxid > last) {
            boolean hole = !joined || !states.subSet(last, false, zxid, false).isEmpty();
            if (hole || !LogFormat.follows(last, zxid)) {
              return false;
            }
            if (zxid > upTo) {
              return true;
            }
            sink.record(zxid, reader.bytes(), reader.payloadOff(), reader.payloadLen());
            last = zxid;
          }
        }
      }
    }
    return last == upTo;
  }

  /** Where the last record up to this zxid stands; null without one or without one behind it. */
  LogSpot find(long zxid) throws IOException {
    List<FileName> files = FileName.list(storage, FileName.LOG_PREFIX);
    long at = 0;
    int file = -1;
    long offset = 0;
    for (int i = LogScan.startIndex(files, zxid - 1); i < files.size(); i++) {
      try (LogReader reader = openNear(files.get(i), zxid)) {
        if (reader == null) {
          return null;
        }
        long noteFrom = 0;
        while (reader.next() == LogReader.Next.RECORD && reader.zxid() <= zxid) {
          noteFrom = index.note(files.get(i), reader, noteFrom);
          at = reader.zxid();
          offset = reader.recordOffset();
          file = i;
        }
        if (reader.zxid() > zxid) {
          return file < 0 ? null : new LogSpot(at, reader.zxid(), bytesFrom(files, file, offset));
        }
      }
    }
    return null;
  }

  /** Whether there is a record with exactly this zxid. */
  boolean has(long zxid) throws IOException {
    List<FileName> files = FileName.list(storage, FileName.LOG_PREFIX);
    for (int i = LogScan.startIndex(files, zxid - 1); i < files.size(); i++) {
      try (LogReader reader = openNear(files.get(i), zxid)) {
        while (reader != null && reader.next() == LogReader.Next.RECORD) {
          if (reader.zxid() >= zxid) {
            return reader.zxid() == zxid;
          }
        }
      }
    }
    return false;
  }

  private long bytesFrom(List<FileName> files, int i, long offset) throws IOException {
    long bytes = -offset;
    for (FileName file : files.subList(i, files.size())) {
      bytes += index.written(file.name(), storage.size(file.name()));
    }
    return bytes;
  }

  /** Stands before the last marked record at or below {@code zxid}; null if this is no log. */
  private LogReader openNear(FileName file, long zxid) throws IOException {
    long marked = index.before(zxid, file.name());
    LogReader reader = new LogReader(storage, file.name(), settings.recordBytesMax(), window);
    boolean ready = false;
    try {
      ready =
          marked >= 0 && reader.standBefore(marked, index.offset(marked))
              || reader.header() == LogReader.Header.GOOD;
      return ready ? reader : null;
    } finally {
      if (!ready) {
        reader.close();
      }
    }
  }
}

package io.paddock.journal;

import java.io.IOException;
import java.util.List;

/**
 * Reading the transaction log back, across its files (files protocol sheet, sections 2.6 and 6).
 *
 * <p>The tail is what no later file adds a record to. At the first place of a file that is not a
 * whole record:
 *
 * <ul>
 *   <li>end of file, or nothing but zeros to the end: the file is over;
 *   <li>a record that stops half-way, and no whole record anywhere behind it in this file: a torn
 *       batch, never acknowledged. In the tail it is cut off; in an older file (Apache's server
 *       leaves it there and goes on in a new file) it is passed over;
 *   <li>a whole record with a wrong checksum: cut if it is in the tail, only zeros follow and a
 *       sector of it is zeros, as a power cut can leave it; else damage;
 *   <li>a last record of which only the length or the end mark is wrong, so that it was written
 *       whole: damage;
 *   <li>whole records behind an unreadable place: damage. A power cut may rarely leave this too,
 *       when the disk wrote a later part of a batch before an earlier one, but from here that looks
 *       like lost acknowledged records, and refusing loses nothing;
 *   <li>a length beyond the limit: damage, or a limit that was lowered.
 * </ul>
 *
 * <p>A file of the tail without a whole header (a crash before its first force) is deleted if
 * empty, else moved aside. Then the zxids must be without holes inside an epoch; records that come
 * twice are delivered once.
 */
final class LogScan {
  private static final String COPY_FROM_ENSEMBLE =
      "Restore the data directory from a backup; or, in an ensemble with a healthy majority, move"
          + " version-2 away and let this server copy the leader's state";

  private final Storage storage;
  private final JournalSettings settings;
  private final List<Finding> findings;
  private final LogIndex index;
  private final LogReader.Window window = new LogReader.Window();

  LogScan(Storage storage, JournalSettings settings, List<Finding> findings, LogIndex index) {
    this.storage = storage;
    this.settings = settings;
    this.findings = findings;
    this.index = index;
  }

  /**
   * Delivers every record with a zxid above {@code after}, in order, repairs the tail and makes it
   * durable: a process that was killed may have left records that no force has seen yet, and from
   * here on they count.
   *
   * @return the zxid of the last one, {@code after} if there is none
   * @throws DamagedException if records are unreadable or missing
   */
  long replay(long after, RecordSink sink) throws IOException {
    List<FileName> files = FileName.list(storage, FileName.LOG_PREFIX);
    long last = after;
    for (int i = startIndex(files, after); i < files.size(); i++) {
      last = replayFile(files, i, after, last, sink);
    }
    if (settings.forceSync()) {
      forceTail();
    }
    return last;
  }

  /** Only the newest file with records can have unforced ones: a file is forced when it is left. */
  private void forceTail() throws IOException {
    List<FileName> files = FileName.list(storage, FileName.LOG_PREFIX);
    for (int i = files.size() - 1; i >= 0; i--) {
      try (Storage.Handle handle = storage.open(files.get(i).name())) {
        handle.force();
      }
      try (LogReader reader = open(files.get(i))) {
        if (reader.header() == LogReader.Header.GOOD && reader.next() == LogReader.Next.RECORD) {
          break;
        }
      }
    }
    storage.syncDirectory();
  }

  /** Whether a record with exactly this zxid can be read. */
  boolean contains(long zxid) throws IOException {
    List<FileName> files = FileName.list(storage, FileName.LOG_PREFIX);
    for (int i = startIndex(files, zxid - 1);
        i < files.size() && files.get(i).zxid() <= zxid;
        i++) {
      try (LogReader reader = open(files.get(i))) {
        if (reader.header() != LogReader.Header.GOOD) {
          continue;
        }
        while (reader.next() == LogReader.Next.RECORD) {
          if (reader.zxid() == zxid) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /**
   * Removes every record with a zxid above {@code zxid}, durably: later files newest first, then
   * the ends of files. Files may overlap, so each one that starts at or below {@code zxid} is
   * looked through.
   */
  void dropAfter(long zxid) throws IOException {
    index.dropAfter(zxid);
    List<FileName> files = FileName.list(storage, FileName.LOG_PREFIX);
    for (int i = files.size() - 1; i >= 0; i--) {
      FileName file = files.get(i);
      if (file.zxid() > zxid) {
        storage.delete(file.name());
        storage.syncDirectory();
      } else {
        cutAfter(file, zxid);
      }
    }
  }

  /** Whether a log file starts at or below this zxid, so that the log may hold what follows it. */
  static boolean startsAtOrBelow(Storage storage, long zxid) throws IOException {
    List<FileName> files = FileName.list(storage, FileName.LOG_PREFIX);
    return !files.isEmpty() && files.get(0).zxid() <= zxid;
  }

  private void cutAfter(FileName file, long zxid) throws IOException {
    long cut = -1;
    try (LogReader reader = open(file)) {
      if (reader.header() == LogReader.Header.GOOD) {
        while (cut < 0 && reader.next() == LogReader.Next.RECORD) {
          cut = reader.zxid() > zxid ? reader.recordOffset() : -1;
        }
      }
    }
    if (cut >= 0) {
      cut(file, cut);
    }
  }

  private void cut(FileName file, long size) throws IOException {
    try (Storage.Handle handle = storage.open(file.name())) {
      handle.truncate(size);
      forceCut(handle, file);
    }
  }

  /** A force that failed is not tried again, as a lack of space would have it. */
  private void forceCut(Storage.Handle handle, FileName file) throws IOException {
    try {
      handle.force();
    } catch (DiskFullException e) {
      throw new DiskFailedException(
          "cannot force the cut of " + storage.describe(file.name()) + ": " + e.getMessage(), e);
    }
  }

  /**
   * The file named right after {@code after}, else the last one named at or below it, else the
   * first: what comes before holds nothing newer, unless files overlap, and then the newer file has
   * it too.
   */
  static int startIndex(List<FileName> files, long after) {
    int start = 0;
    for (int i = 0; i < files.size(); i++) {
      long zxid = files.get(i).zxid();
      // Of several with one zxid (log.5, log.5.bak) all are read.
      if ((zxid <= after || zxid == after + 1) && zxid != files.get(start).zxid()) {
        start = i;
      }
    }
    return start;
  }

  private LogReader open(FileName file) throws IOException {
    return new LogReader(storage, file.name(), settings.recordBytesMax(), window);
  }

  private long replayFile(
      List<FileName> files, int index, long after, long lastBefore, RecordSink sink)
      throws IOException {
    FileName file = files.get(index);
    long last = lastBefore;
    long repeated = 0;
    long noteFrom = 0;
    try (LogReader reader = open(file)) {
      LogReader.Header header = reader.header();
      if (header == LogReader.Header.GOOD) {
        LogReader.Next next = reader.next();
        for (; next == LogReader.Next.RECORD; next = reader.next()) {
          long zxid = reader.zxid();
          noteFrom = this.index.note(file, reader, noteFrom);
          if (zxid > last) {
            if (!LogFormat.follows(last, zxid)) {
              throw hole(file, reader.recordOffset(), last, zxid);
            }
            deliver(file, reader, sink);
            last = zxid;
          } else if (zxid > after) {
            repeated++;
          }
        }
        if (repeated > 0) {
          note(
              file,
              -1,
              repeated + " records repeat zxids that were read before; they were passed over",
              0);
        }
        endOfFile(files, index, reader, next, last);
        return last;
      }
      if (header == LogReader.Header.WRONG || !isTail(files, index)) {
        throw damaged(
            file,
            0,
            "this is not a transaction log (its first bytes are not ZKLG)",
            COPY_FROM_ENSEMBLE);
      }
    }
    removeUnstarted(file);
    return last;
  }

  /** The checksum holds, so the record was written like this, and no other copy may be better. */
  private void deliver(FileName file, LogReader reader, RecordSink sink) throws IOException {
    try {
      sink.record(reader.zxid(), reader.bytes(), reader.payloadOff(), reader.payloadLen());
    } catch (RuntimeException e) {
      DamagedException damaged =
          damaged(
              file,
              reader.recordOffset(),
              "the checksum of transaction "
                  + LogFormat.hex(reader.zxid())
                  + " holds, but it makes no sense"
                  + (e.getMessage() == null ? "" : ": " + e.getMessage()),
              COPY_FROM_ENSEMBLE);
      damaged.initCause(e);
      throw damaged;
    }
  }

  private void endOfFile(
      List<FileName> files, int index, LogReader reader, LogReader.Next next, long last)
      throws IOException {
    FileName file = files.get(index);
    long offset = reader.offset();
    if (next == LogReader.Next.WRONG_LENGTH) {
      throw damaged(
          file,
          offset,
          "the length of a record is not in 32.." + settings.recordBytesMax(),
          "If jute.maxbuffer was lowered, raise it again. " + COPY_FROM_ENSEMBLE);
    }
    long endOfRecord = offset + LogFormat.RECORD_EXTRA_BYTES + reader.payloadLen();
    long lastByte = reader.lastNonZero(offset);
    if (lastByte < 0) {
      return;
    }
    if (next == LogReader.Next.WRONG_CHECKSUM
        && !(lastByte < endOfRecord && isTail(files, index))) {
      throw damaged(
          file,
          offset,
          "the checksum of a record is wrong and this is not the end of the log",
          COPY_FROM_ENSEMBLE);
    }
    long behind = reader.findRecord(offset, last);
    if (behind >= 0) {
      throw damaged(
          file,
          offset,
          "unreadable bytes, but a whole record stands behind them at offset " + behind,
          COPY_FROM_ENSEMBLE
              + ". If the power failed just before, this may be a torn batch that nobody was told of:"
              + " then cutting the file at that offset loses nothing");
    }
    if (reader.changedAfterwards(offset, next, lastByte)) {
      throw damaged(
          file,
          offset,
          "the last record had been written to its end and was changed later, so it may be an acknowledged one",
          COPY_FROM_ENSEMBLE
              + ". To go on without this one transaction instead, cut the file at that offset");
    }
    if (isTail(files, index)) {
      cut(file, offset);
      note(
          file,
          offset,
          "the last record stops half-way and was cut off: a crash leaves that of a write that nobody was told of; where none"
              + " came before, somebody cut the file, and what stood behind is missing",
          lastByte - offset + 1);
    } else {
      note(
          file,
          offset,
          "a record stops half-way and the next file goes on after it; it was passed over",
          0);
    }
  }

  /** Whether no file after this one holds a record. */
  private boolean isTail(List<FileName> files, int index) throws IOException {
    for (FileName later : files.subList(index + 1, files.size())) {
      // A window of its own: the caller still stands in the shared one.
      LogReader.Window own = new LogReader.Window();
      try (LogReader reader =
          new LogReader(storage, later.name(), settings.recordBytesMax(), own)) {
        LogReader.Header header = reader.header();
        boolean record = header == LogReader.Header.GOOD && reader.next() == LogReader.Next.RECORD;
        if (record || header == LogReader.Header.WRONG) {
          return false;
        }
      }
    }
    return true;
  }

  private void removeUnstarted(FileName file) throws IOException {
    if (storage.size(file.name()) == 0) {
      storage.delete(file.name());
      note(file, -1, "empty, as a crash leaves it; it was deleted", 0);
    } else {
      String aside = FileName.ASIDE_PREFIX + file.name();
      storage.rename(file.name(), aside);
      note(file, -1, "has no header yet, as a crash leaves it; it was renamed to " + aside, 0);
    }
    storage.syncDirectory();
  }

  private void note(FileName file, long offset, String what, long bytesCut) {
    findings.add(new Finding(storage.describe(file.name()), offset, what, bytesCut));
  }

  private DamagedException damaged(FileName file, long offset, String what, String remedy) {
    return new DamagedException(storage.describe(file.name()), offset, what, remedy);
  }

  private DamagedException hole(FileName file, long offset, long last, long zxid) {
    return damaged(
        file,
        offset,
        "zxid "
            + LogFormat.hex(zxid)
            + " comes where "
            + LogFormat.hex(last + 1)
            + " is expected: transactions are missing",
        "Bring the missing log files or a newer snapshot back. " + COPY_FROM_ENSEMBLE);
  }
}

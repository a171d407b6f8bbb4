package io.paddock.journal;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Where in the log's files some records start, so that a reader who needs the last of them does not
 * read them all. Only hints: whoever follows one sees whether the record is there. Kept in memory,
 * by the writer and by everybody who reads; a mark in every {@link #STEP_BYTES}. Any thread.
 */
final class LogIndex {
  static final int STEP_BYTES = 256 * 1024;

  /** The start of a record in a file. */
  record Place(String file, long offset) {}

  private final ConcurrentSkipListMap<Long, Place> marks = new ConcurrentSkipListMap<>();

  /** How far the newest file is written; null before the first force. */
  private volatile Place end;

  /** A record starts here. */
  void note(long zxid, String file, long offset) {
    Map.Entry<Long, Place> before = marks.floorEntry(zxid);
    boolean near =
        before != null
            && before.getValue().file.equals(file)
            && offset - before.getValue().offset < STEP_BYTES;
    if (!near) {
      marks.put(zxid, new Place(file, offset));
    }
  }

  /** Marks the record at hand if it stands at {@code from} or later; from where the next counts. */
  long note(FileName file, LogReader reader, long from) {
    if (reader.recordOffset() < from) {
      return from;
    }
    note(reader.zxid(), file.name(), reader.recordOffset());
    return reader.recordOffset() + STEP_BYTES;
  }

  /** The zxid of the last marked record of {@code file} at or below {@code zxid}; -1 without. */
  long before(long zxid, String file) {
    Map.Entry<Long, Place> mark = marks.floorEntry(zxid);
    return mark != null && mark.getValue().file.equals(file) ? mark.getKey() : -1;
  }

  /** Where a marked record starts; -1 when it is not marked any more. */
  long offset(long zxid) {
    Place place = marks.get(zxid);
    return place == null ? -1 : place.offset;
  }

  /** Records are durable up to here. */
  void end(String file, long offset) {
    end = new Place(file, offset);
  }

  /** How far {@code file} is written, of {@code size} bytes with what is reserved. */
  long written(String file, long size) {
    Place last = end;
    return last != null && last.file.equals(file) ? last.offset : size;
  }

  /** All files may be others now. */
  void clear() {
    marks.clear();
    end = null;
  }

  /** What comes after {@code zxid} is gone from the log. */
  void dropAfter(long zxid) {
    marks.tailMap(zxid, false).clear();
  }
}

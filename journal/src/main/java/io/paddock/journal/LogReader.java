package io.paddock.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.Adler32;

/**
 * One pass over one log file, with large sequential reads into an array that is lent to it. Says
 * what stands at each place; what that means for recovery is {@link LogScan}'s business.
 */
final class LogReader implements Closeable {
  /** What stands where the next record is expected. */
  enum Next {
    /** A whole record whose checksum holds. */
    RECORD,
    /** The end of the file, or zeros. */
    END,
    /** A record that stops half-way, as a crash leaves it. */
    TORN,
    /** A record of full length with a wrong checksum. */
    WRONG_CHECKSUM,
    /** A length that no writer with our limit would have written. */
    WRONG_LENGTH
  }

  /** What the head of a file says. */
  enum Header {
    GOOD,
    /** No byte at all. */
    EMPTY,
    /** A part of a header, then zeros or nothing: a crash before the first force. */
    UNFINISHED,
    WRONG
  }

  private static final int READ_BYTES = 1024 * 1024;
  private static final int SECTOR_BYTES = 512;

  /** The array that readers lend each other, one after the other; grows with the longest record. */
  static final class Window {
    private byte[] bytes = {};
  }

  private final Storage.Handle handle;
  private final int recordBytesMax;
  private final Window window;
  private final Adler32 adler = new Adler32();
  private final long fileBytes;

  /**
   * The window holds the file from {@code base} on: consumed up to {@code pos}, filled up to {@code
   * limit}.
   */
  private long base;

  private int pos;
  private int limit;

  private long zxid;
  private int payloadOff;
  private int payloadLen;

  LogReader(Storage storage, String name, int recordBytesMax, Window window) throws IOException {
    this.handle = storage.open(name);
    this.recordBytesMax = recordBytesMax;
    this.window = window;
    this.fileBytes = handle.size();
    int bytes = (int) Math.min(READ_BYTES, fileBytes);
    if (window.bytes.length < bytes) {
      window.bytes = new byte[bytes];
    }
  }

  @Override
  public void close() throws IOException {
    handle.close();
  }

  /** Where the next record is expected; after anything but RECORD, where that stands. */
  long offset() {
    return base + pos;
  }

  /** Of the record that {@link #next} met last. */
  long zxid() {
    return zxid;
  }

  /** Where the record that {@link #next} met last starts. */
  long recordOffset() {
    return base + payloadOff - LogFormat.RECORD_HEAD_BYTES;
  }

  byte[] bytes() {
    return window.bytes;
  }

  int payloadOff() {
    return payloadOff;
  }

  /** Also of a record with a wrong checksum. */
  int payloadLen() {
    return payloadLen;
  }

  /** Reads the header and stands before the first record. */
  Header header() throws IOException {
    seek(0);
    if (fileBytes == 0) {
      return Header.EMPTY;
    }
    int available = fill(LogFormat.HEADER_BYTES);
    byte[] magic = {'Z', 'K', 'L', 'G'};
    int same = 0;
    while (same < Math.min(4, available) && window.bytes[same] == magic[same]) {
      same++;
    }
    if (same == 4 && available >= LogFormat.HEADER_BYTES) {
      pos = LogFormat.HEADER_BYTES;
      return Header.GOOD;
    }
    // A whole magic in a file shorter than a header is followed by a part of version and dbid.
    return same == 4 || lastNonZero(same) < 0 ? Header.UNFINISHED : Header.WRONG;
  }

  /** Stands before the record of this zxid if it starts here; else the place is lost. */
  boolean standBefore(long recordZxid, long offset) throws IOException {
    if (offset < LogFormat.HEADER_BYTES || offset >= fileBytes) {
      return false;
    }
    seek(offset);
    boolean there = next() == Next.RECORD && zxid == recordZxid;
    if (there) {
      seek(offset);
    }
    return there;
  }

  /** Moves past the next record if it is whole; otherwise stays. */
  Next next() throws IOException {
    int available = fill(LogFormat.RECORD_HEAD_BYTES);
    if (available < LogFormat.RECORD_HEAD_BYTES) {
      return allZero(pos, limit) ? Next.END : Next.TORN;
    }
    long checksum = Bytes.getLong(window.bytes, pos);
    int length = Bytes.getInt(window.bytes, pos + 8);
    if (length == 0) {
      return checksum == 0 ? Next.END : Next.TORN;
    }
    if (length < LogFormat.PAYLOAD_BYTES_MIN || length > recordBytesMax) {
      return Next.WRONG_LENGTH;
    }
    int whole = length + LogFormat.RECORD_EXTRA_BYTES;
    if (fill(whole) < whole || window.bytes[pos + whole - 1] != LogFormat.END_OF_RECORD) {
      return Next.TORN;
    }
    payloadLen = length;
    if (!checksumHolds(pos, length, checksum)) {
      return Next.WRONG_CHECKSUM;
    }
    payloadOff = pos + LogFormat.RECORD_HEAD_BYTES;
    zxid = Bytes.getLong(window.bytes, payloadOff + LogFormat.ZXID_OFFSET);
    pos += whole;
    return Next.RECORD;
  }

  /**
   * Offset of the last byte that is not zero at or after {@code from}; -1 if there is none. Loses
   * the place.
   */
  long lastNonZero(long from) throws IOException {
    long last = -1;
    seek(from);
    while (fill(1) > 0) {
      int end = limit;
      while (end - Long.BYTES >= pos && Bytes.getLong(window.bytes, end - Long.BYTES) == 0) {
        end -= Long.BYTES;
      }
      while (end > pos && window.bytes[end - 1] == 0) {
        end--;
      }
      if (end > pos) {
        last = base + end - 1;
      }
      pos = limit;
    }
    return last;
  }

  /**
   * Offset of a whole record with a zxid above {@code zxidAbove} that starts after {@code from}, at
   * whatever byte; -1 if there is none. Loses the place.
   */
  long findRecord(long from, long zxidAbove) throws IOException {
    seek(from + 1);
    while (fill(LogFormat.RECORD_EXTRA_BYTES) >= LogFormat.RECORD_EXTRA_BYTES) {
      int length = Bytes.getInt(window.bytes, pos + 8);
      // The checksum has 32 bits in 64: its upper half tells most places apart from a record.
      boolean candidate =
          length >= LogFormat.PAYLOAD_BYTES_MIN
              && length <= recordBytesMax
              && Bytes.getInt(window.bytes, pos) == 0;
      if (candidate && next() == Next.RECORD) {
        if (zxid > zxidAbove) {
          return recordOffset();
        }
      } else {
        pos++;
      }
    }
    return -1;
  }

  /**
   * Whether the record at {@code from}, which is not whole, had been written to its end and was
   * changed later: no write that stopped half-way looks like this. Loses the place.
   *
   * @param next what {@link #next} said of it
   * @param lastByte offset of the file's last byte that is not zero
   */
  boolean changedAfterwards(long from, Next next, long lastByte) throws IOException {
    seek(from);
    if (next == Next.WRONG_CHECKSUM) {
      int whole = payloadLen + LogFormat.RECORD_EXTRA_BYTES;
      return fill(whole) >= whole && everySectorWritten(from, whole);
    }
    long whole = lastByte + 1 - from;
    if (whole < LogFormat.RECORD_EXTRA_BYTES + LogFormat.PAYLOAD_BYTES_MIN
        || whole > LogFormat.RECORD_EXTRA_BYTES + (long) recordBytesMax
        || fill((int) whole) < whole) {
      return false;
    }
    int length = (int) whole - LogFormat.RECORD_EXTRA_BYTES;
    boolean ends = window.bytes[pos + (int) whole - 1] == LogFormat.END_OF_RECORD;
    boolean lengthHolds = Bytes.getInt(window.bytes, pos + 8) == length;
    return ends != lengthHolds && checksumHolds(pos, length, Bytes.getLong(window.bytes, pos));
  }

  /** A disk writes whole sectors; what it did not write is zeros, as the file was made. */
  private boolean everySectorWritten(long from, int bytes) {
    int at = 0;
    while (at < bytes) {
      int sectorEnd = (int) Math.min(bytes, at + SECTOR_BYTES - (from + at) % SECTOR_BYTES);
      if (allZero(pos + at, pos + sectorEnd)) {
        return false;
      }
      at = sectorEnd;
    }
    return true;
  }

  private boolean checksumHolds(int at, int length, long checksum) {
    adler.reset();
    adler.update(window.bytes, at + LogFormat.RECORD_HEAD_BYTES, length);
    return adler.getValue() == checksum;
  }

  private boolean allZero(int from, int to) {
    for (int i = from; i < to; i++) {
      if (window.bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private void seek(long offset) {
    base = offset;
    pos = 0;
    limit = 0;
  }

  /**
   * Tries to have {@code wanted} bytes from {@code pos} on in the window; the count that is there,
   * maybe more.
   */
  private int fill(int wanted) throws IOException {
    if (limit - pos >= wanted) {
      return limit - pos;
    }
    byte[] target = window.bytes;
    if (wanted > target.length) {
      target = new byte[Math.max(wanted, 2 * target.length)];
    }
    System.arraycopy(window.bytes, pos, target, 0, limit - pos);
    window.bytes = target;
    limit -= pos;
    base += pos;
    pos = 0;
    while (limit < wanted) {
      int count = handle.read(ByteBuffer.wrap(target, limit, target.length - limit), base + limit);
      if (count < 0) {
        break;
      }
      limit += count;
    }
    return limit;
  }
}

package io.paddock.journal;

/**
 * The numbers of a transaction log file (files protocol sheet, section 2). Everything is
 * big-endian.
 *
 * <pre>
 *   file    header, record*, then zeros or the end of the file
 *   header  int magic "ZKLG" | int version 2 | long dbid 0                              16 bytes
 *   record  long Adler-32 of the payload | int length | payload | byte 'B'               13 bytes + payload
 *   payload TxnHeader { long session, int cxid, long zxid, long time, int type } ...     at least 32 bytes
 * </pre>
 *
 * <p>What a crash leaves behind (the reader, {@link LogScan}, handles each):
 *
 * <ul>
 *   <li>after the file was created, before its first force: no file, an empty one, or any part of
 *       header, zeros and first records;
 *   <li>in the middle of a batch: whole records, then one that stops half-way and is zeros (inside
 *       the preallocated part) or the end of the file from there on. None of the batch was
 *       acknowledged;
 *   <li>between the force of the old file and the creation of the next one: the old file, perhaps
 *       with its zeros;
 *   <li>in a truncation: later files gone, newest first, and then the last one cut. Every state
 *       between is a prefix of the old log that still reaches the target.
 * </ul>
 */
final class LogFormat {
  static final int MAGIC = 0x5a4b4c47;
  static final int VERSION = 2;
  static final int HEADER_BYTES = 16;

  static final int RECORD_HEAD_BYTES = 12;
  static final int RECORD_EXTRA_BYTES = RECORD_HEAD_BYTES + 1;
  static final byte END_OF_RECORD = 'B';

  static final int PAYLOAD_BYTES_MIN = 32;
  static final int ZXID_OFFSET = 12;

  private LogFormat() {}

  /**
   * Whether {@code next} may come right after {@code last}: its successor, or the start of a later
   * epoch.
   */
  static boolean follows(long last, long next) {
    return epoch(next) == epoch(last) ? next == last + 1 : next > last;
  }

  static long epoch(long zxid) {
    return zxid >> 32;
  }

  static long counter(long zxid) {
    return zxid & 0xffff_ffffL;
  }

  static String hex(long zxid) {
    return "0x" + Long.toHexString(zxid);
  }
}

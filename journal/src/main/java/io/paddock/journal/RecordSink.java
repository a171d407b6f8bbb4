package io.paddock.journal;

import java.io.IOException;

/** Takes the records of a transaction log, one call each, in zxid order. */
@FunctionalInterface
public interface RecordSink {
  /**
   * One record. The array is reused: what must live longer has to be copied.
   *
   * @param zxid the zxid in the record's header
   * @param buf holds the payload: TxnHeader, record, perhaps a digest (files protocol sheet,
   *     section 2.3)
   * @param off where the payload starts
   * @param len its length in bytes, at least 32
   */
  void record(long zxid, byte[] buf, int off, int len) throws IOException;
}

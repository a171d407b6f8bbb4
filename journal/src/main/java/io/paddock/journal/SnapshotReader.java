package io.paddock.journal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.zip.Adler32;

/**
 * The body of one snapshot file as a stream that ends where the body ends. The last bytes of the
 * file are held back until its end is seen; then the sections are told by their seals, all of which
 * are checked before the held-back part of the body is handed out. So whoever reads to the end has
 * read verified bytes, and may buffer as he likes.
 */
final class SnapshotReader extends InputStream {
  private static final int BUFFER_BYTES = 1024 * 1024;
  private static final int ADLER_BASE = 65521;

  private final InputStream source;
  private final long zxid;
  private final Adler32 adler = new Adler32();
  private final byte[] buf = new byte[BUFFER_BYTES];

  /**
   * The buffer is consumed up to {@code pos}, can be handed out up to {@code safe}, and is filled
   * up to {@code limit}.
   */
  private int pos;

  private int safe;
  private int limit;

  /** Everything before this index is in the checksum. */
  private int summed;

  private SnapshotMeta meta;

  SnapshotReader(InputStream source, long zxid) throws IOException {
    this.source = source;
    this.zxid = zxid;
    refill();
    if (limit < SnapshotFormat.HEADER_BYTES || Bytes.getInt(buf, 0) != SnapshotFormat.MAGIC) {
      throw new IOException("this is not a snapshot (its first bytes are not ZKSN)");
    }
    pos = SnapshotFormat.HEADER_BYTES;
  }

  /** The sections after the body; null until the end of the body was reached. */
  SnapshotMeta meta() {
    return meta;
  }

  /** Fails unless the body was read to its end. */
  void requireEnd() throws IOException {
    if (read() >= 0) {
      throw new IOException("bytes are left after the body");
    }
  }

  @Override
  public int read() throws IOException {
    return ensureSafe() ? buf[pos++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int off, int len) throws IOException {
    if (len == 0) {
      return 0;
    }
    if (!ensureSafe()) {
      return -1;
    }
    int count = Math.min(len, safe - pos);
    System.arraycopy(buf, pos, target, off, count);
    pos += count;
    return count;
  }

  @Override
  public int available() {
    return Math.max(0, safe - pos);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private boolean ensureSafe() throws IOException {
    if (pos >= safe && meta == null) {
      refill();
    }
    return pos < safe;
  }

  private void refill() throws IOException {
    System.arraycopy(buf, pos, buf, 0, limit - pos);
    limit -= pos;
    summed -= pos;
    pos = 0;
    while (limit < buf.length) {
      int count = source.read(buf, limit, buf.length - limit);
      if (count < 0) {
        sumUpTo(Math.max(summed, limit - SnapshotFormat.TAIL_BYTES_MAX));
        endOfFile();
        return;
      }
      limit += count;
    }
    safe = limit - SnapshotFormat.TAIL_BYTES_MAX;
    sumUpTo(safe);
  }

  private void sumUpTo(int index) {
    adler.update(buf, summed, index - summed);
    summed = index;
  }

  /**
   * The sections are optional: the longest tail whose seals all hold is the one that was written.
   */
  private void endOfFile() throws IOException {
    int seal = SnapshotFormat.SEAL_BYTES;
    int digestSealed = SnapshotFormat.DIGEST_BYTES + seal;
    int zxidSealed = SnapshotFormat.LAST_ZXID_BYTES + seal;
    if (sealed(seal, zxidSealed + seal, digestSealed + zxidSealed + seal)) {
      finish(digestSealed + zxidSealed + seal, digestSealed + zxidSealed, zxidSealed);
    } else if (sealed(seal, digestSealed + seal)) {
      finish(digestSealed + seal, digestSealed, -1);
    } else if (sealed(seal, zxidSealed + seal)) {
      finish(zxidSealed + seal, -1, zxidSealed);
    } else if (sealed(seal)) {
      finish(seal, -1, -1);
    } else {
      throw new EOFException("the checksum at the end is wrong or missing");
    }
  }

  /** Arguments count from the end of the file; -1 = no such section. */
  private void finish(int tail, int digestAt, int lastZxidAt) {
    safe = limit - tail;
    long digestZxid = SnapshotFormat.NO_DIGEST_ZXID;
    OptionalLong digest = OptionalLong.empty();
    if (digestAt > 0 && Bytes.getInt(buf, limit - digestAt + 8) == SnapshotFormat.DIGEST_VERSION) {
      digestZxid = Bytes.getLong(buf, limit - digestAt);
      if (digestZxid != SnapshotFormat.NO_DIGEST_ZXID) {
        digest = OptionalLong.of(Bytes.getLong(buf, limit - digestAt + 12));
      }
    }
    OptionalLong lastZxid =
        lastZxidAt > 0
            ? OptionalLong.of(Bytes.getLong(buf, limit - lastZxidAt))
            : OptionalLong.empty();
    meta = new SnapshotMeta(zxid, digestZxid, digest, lastZxid);
  }

  /** Whether correct seals stand at all these distances from the end. */
  private boolean sealed(int... distances) {
    for (int distance : distances) {
      int at = limit - distance;
      if (at < summed
          || Bytes.getInt(buf, at + 8) != 1
          || buf[at + 12] != '/'
          || Bytes.getLong(buf, at) != adlerAt(at)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The checksum up to an index in the last few bytes: continues Adler-32 by hand, as the class
   * cannot be copied.
   */
  private long adlerAt(int index) {
    long low = adler.getValue() & 0xffff;
    long high = adler.getValue() >>> 16;
    for (int i = summed; i < index; i++) {
      low = (low + (buf[i] & 0xff)) % ADLER_BASE;
      high = (high + low) % ADLER_BASE;
    }
    return high << 16 | low;
  }
}

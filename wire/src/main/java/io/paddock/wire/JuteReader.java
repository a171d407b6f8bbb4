package io.paddock.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over a byte array that reads jute's primitives (client protocol sheet, section 1.2).
 * Every read checks its bounds and throws {@link MalformedException}; nothing is allocated before
 * its length is known to be there. One cursor may be reset and used again; it belongs to one
 * thread.
 */
public final class JuteReader {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes;
  private int position;
  private int limit;

  /** An empty cursor, to be {@link #reset}. */
  public JuteReader() {
    reset(new byte[0], 0, 0);
  }

  /** A cursor over the whole of {@code bytes}. */
  public JuteReader(byte[] bytes) {
    reset(bytes, 0, bytes.length);
  }

  /** Points the cursor at {@code bytes[from, to)}. The array is read in place, not copied. */
  public JuteReader reset(byte[] bytes, int from, int to) {
    if (from < 0 || to < from || to > bytes.length) {
      throw new IllegalArgumentException(from + ".." + to + " of " + bytes.length);
    }
    this.bytes = bytes;
    this.position = from;
    this.limit = to;
    return this;
  }

  /** Bytes not read yet. */
  public int remaining() {
    return limit - position;
  }

  /** The index in the array of the next byte to read. */
  public int position() {
    return position;
  }

  /** The array under the cursor, for those who copy a range of it. */
  public byte[] array() {
    return bytes;
  }

  /** Moves over {@code count} bytes. */
  public void skip(int count) {
    position = need(count) + count;
  }

  /** Any byte but 0 is true. */
  public boolean readBoolean() {
    return bytes[take(1)] != 0;
  }

  public int readInt() {
    return (int) INT.get(bytes, take(4));
  }

  public long readLong() {
    return (long) LONG.get(bytes, take(8));
  }

  /** A copy of the next buffer; null when its length is -1. */
  public byte[] readBuffer() {
    int length = readLength();
    if (length < 0) {
      return null;
    }
    int at = take(length);
    return Arrays.copyOfRange(bytes, at, at + length);
  }

  /** The next string; null when its length is -1. Invalid UTF-8 decodes with U+FFFD. */
  public String readString() {
    int length = readLength();
    return length < 0 ? null : new String(bytes, take(length), length, StandardCharsets.UTF_8);
  }

  /**
   * The count of a vector whose elements take at least {@code elementBytesMin} bytes each: -1 for
   * null, 0 for any other negative count. A count that the rest of the record cannot hold is
   * malformed, so that nobody reserves memory for it.
   */
  public int readCount(int elementBytesMin) {
    int count = readInt();
    if (count == -1) {
      return -1;
    }
    if (count > 0 && (long) count * elementBytesMin > remaining()) {
      throw new MalformedException("vector of " + count + " elements in " + remaining() + " bytes");
    }
    return Math.max(count, 0);
  }

  private int readLength() {
    int length = readInt();
    if (length < -1) {
      throw new MalformedException("length " + length);
    }
    return length;
  }

  private int take(int count) {
    int at = need(count);
    position = at + count;
    return at;
  }

  private int need(int count) {
    if (count < 0 || count > limit - position) {
      throw new MalformedException(count + " bytes wanted, " + remaining() + " left");
    }
    return position;
  }
}

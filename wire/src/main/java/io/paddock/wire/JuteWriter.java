package io.paddock.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing byte array that takes jute's primitives (client protocol sheet, section 1.2). {@link
 * #clear} keeps the array, so a writer that is used again allocates nothing. It belongs to one
 * thread.
 */
public final class JuteWriter {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** No array can be longer on any virtual machine. */
  private static final int SIZE_MAX = Integer.MAX_VALUE - 16;

  private byte[] bytes;
  private int size;
  private int sizeMax = SIZE_MAX;

  public JuteWriter() {
    this(256);
  }

  /**
   * @param capacity bytes reserved at first
   */
  public JuteWriter(int capacity) {
    bytes = new byte[capacity];
  }

  /** Bytes written so far. */
  public int size() {
    return size;
  }

  /**
   * The array under the writer; its first {@link #size} bytes are what was written, until the next
   * write.
   */
  public byte[] array() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Forgets what was written and keeps the array. */
  public JuteWriter clear() {
    size = 0;
    return this;
  }

  /** Forgets what was written and gives back memory beyond {@code capacityMax} bytes. */
  public void clear(int capacityMax) {
    size = 0;
    if (bytes.length > capacityMax) {
      bytes = new byte[capacityMax];
    }
  }

  /**
   * From now on it does not grow beyond about so many bytes: whoever writes more gets a {@link
   * TooLongException}, and may {@link #truncate} then.
   */
  public void sizeMax(long bytesMax) {
    sizeMax = (int) Math.min(bytesMax, SIZE_MAX);
  }

  /** Drops all that was written after {@code size} bytes. */
  public void truncate(int size) {
    if (size < 0 || size > this.size) {
      throw new IllegalArgumentException(size + " of " + this.size);
    }
    this.size = size;
  }

  public void writeBoolean(boolean value) {
    writeByte(value ? 1 : 0);
  }

  public void writeByte(int value) {
    int at = reserve(1);
    bytes[at] = (byte) value;
  }

  public void writeInt(int value) {
    int at = reserve(4);
    INT.set(bytes, at, value);
  }

  public void writeLong(long value) {
    int at = reserve(8);
    LONG.set(bytes, at, value);
  }

  /**
   * Writes {@code value} over the four bytes at {@code at}, which must have been written already.
   */
  public void setInt(int at, int value) {
    INT.set(bytes, at, value);
  }

  /** A buffer: length and bytes, -1 for null. */
  public void writeBuffer(byte[] value) {
    if (value == null) {
      writeInt(-1);
    } else {
      writeBuffer(value, 0, value.length);
    }
  }

  public void writeBuffer(byte[] value, int from, int length) {
    writeInt(length);
    writeRaw(value, from, length);
  }

  /** Bytes as they are, with no length before them. */
  public void writeRaw(byte[] value, int from, int length) {
    int at = reserve(length);
    System.arraycopy(value, from, bytes, at, length);
  }

  /** A string in UTF-8: length and bytes, -1 for null. */
  @SuppressWarnings(
      "deprecation") // getBytes(int, int, byte[], int): the one copy of Latin-1 that allocates
  // nothing
  public void writeString(String value) {
    if (value == null) {
      writeInt(-1);
      return;
    }
    int length = value.length();
    int at = reserve(4 + length);
    value.getBytes(0, length, bytes, at + 4);
    if (isAscii(value, at + 4, length)) {
      INT.set(bytes, at, length);
    } else {
      size = at;
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      writeBuffer(utf8, 0, utf8.length);
    }
  }

  /**
   * Opens a frame: leaves room for its length and returns where it starts, for {@link #endFrame}.
   */
  public int beginFrame() {
    return reserve(4);
  }

  /** Closes the frame that starts at {@code start}: writes its length, which excludes itself. */
  public void endFrame(int start) {
    INT.set(bytes, start, size - start - 4);
  }

  private boolean isAscii(String value, int at, int length) {
    for (int i = 0; i < length; i++) {
      // Both are looked at: the copy keeps only the low byte of each char.
      if (bytes[at + i] < 0 || value.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** Makes room and says where it starts; {@link #bytes} may be another array afterwards. */
  private int reserve(int count) {
    int at = size;
    if (count > bytes.length - at) {
      grow(count);
    }
    size = at + count;
    return at;
  }

  private void grow(int count) {
    long needed = (long) size + count;
    if (needed > sizeMax) {
      throw new TooLongException(needed, sizeMax);
    }
    bytes = Arrays.copyOf(bytes, (int) Math.min(sizeMax, Math.max(needed, bytes.length * 2L)));
  }
}

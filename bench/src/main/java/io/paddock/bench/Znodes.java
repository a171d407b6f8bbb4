package io.paddock.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A numbered family of znodes with {@value #DATA_BYTES} bytes of data each, whose content follows
 * from the number, so that any reply can be verified.
 */
final class Znodes {
  static final int DATA_BYTES = 100;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private Znodes() {}

  /** The data of znode {@code number}. */
  static byte[] data(int number) {
    ByteBuffer data = ByteBuffer.allocate(DATA_BYTES);
    for (int i = 0; i < DATA_BYTES / 8; i++) {
      data.putLong(word(number, i));
    }
    return data.putInt(number).array();
  }

  /** Whether {@code DATA_BYTES} bytes at {@code at} are the data of znode {@code number}. */
  static boolean isData(ByteBuffer in, int at, int number) {
    for (int i = 0; i < DATA_BYTES / 8; i++) {
      if (in.getLong(at + 8 * i) != word(number, i)) {
        return false;
      }
    }
    return in.getInt(at + DATA_BYTES - 4) == number;
  }

  /** Whether the bytes are a getData reply body of znode {@code number}. */
  static boolean isGetReply(ByteBuffer in, int at, int length, int number) {
    return length == 4 + DATA_BYTES + RequestFrames.STAT_BYTES
        && in.getInt(at) == DATA_BYTES
        && isData(in, at + 4, number);
  }

  /** Whether the bytes are a Stat of a znode with our data. */
  static boolean isSetReply(ByteBuffer in, int at, int length) {
    // dataLength is the int behind 4 longs, 3 ints and the owner (client protocol sheet, section
    // 1.5).
    return length == RequestFrames.STAT_BYTES && in.getInt(at + 52) == DATA_BYTES;
  }

  /** Whether the bytes are a create reply body that echoes {@code path} (ASCII). */
  static boolean isCreateReply(ByteBuffer in, int at, int length, byte[] path) {
    if (length != 4 + path.length || in.getInt(at) != path.length) {
      return false;
    }
    for (int i = 0; i < path.length; i++) {
      if (in.get(at + 4 + i) != path[i]) {
        return false;
      }
    }
    return true;
  }

  static byte[] ascii(String path) {
    return path.getBytes(StandardCharsets.US_ASCII);
  }

  private static long word(int number, int index) {
    return (number + 1L) * MIX + index;
  }
}

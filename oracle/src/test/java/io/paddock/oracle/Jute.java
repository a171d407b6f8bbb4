package io.paddock.oracle;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The tests' own jute encoding, so that no encoder under test judges itself (client protocol sheet,
 * section 1).
 */
final class Jute {

  private Jute() {}

  /** Writes primitives big-endian into a growing array. */
  static final class Out {
    private byte[] bytes = new byte[64];
    private int size;

    Out u8(int v) {
      if (size == bytes.length) {
        bytes = Arrays.copyOf(bytes, size * 2);
      }
      bytes[size++] = (byte) v;
      return this;
    }

    Out bool(boolean v) {
      return u8(v ? 1 : 0);
    }

    Out i32(int v) {
      return u8(v >>> 24).u8(v >>> 16).u8(v >>> 8).u8(v);
    }

    Out i64(long v) {
      return i32((int) (v >>> 32)).i32((int) v);
    }

    Out raw(byte[] v) {
      for (byte b : v) {
        u8(b);
      }
      return this;
    }

    /** A buffer; null is written as length -1. */
    Out buf(byte[] v) {
      return v == null ? i32(-1) : i32(v.length).raw(v);
    }

    /** A string; null is written as length -1. */
    Out str(String v) {
      return buf(v == null ? null : v.getBytes(StandardCharsets.UTF_8));
    }

    /** A vector; null is written as count -1. */
    <T> Out vec(List<T> items, BiConsumer<Out, T> writer) {
      if (items == null) {
        return i32(-1);
      }
      i32(items.size());
      items.forEach(item -> writer.accept(this, item));
      return this;
    }

    Out strings(List<String> items) {
      return vec(items, Out::str);
    }

    byte[] bytes() {
      return Arrays.copyOf(bytes, size);
    }
  }

  /** Reads primitives; running out of bytes is a {@link BufferUnderflowException}. */
  static final class In {
    private final ByteBuffer buffer;

    In(byte[] bytes) {
      buffer = ByteBuffer.wrap(bytes);
    }

    int i32() {
      return buffer.getInt();
    }

    long i64() {
      return buffer.getLong();
    }

    int u8() {
      return buffer.get() & 0xff;
    }

    /** A buffer or string as bytes; null for length -1. */
    byte[] buf() {
      int length = i32();
      if (length == -1) {
        return null;
      }
      if (length < 0 || length > buffer.remaining()) {
        throw new BufferUnderflowException();
      }
      byte[] bytes = new byte[length];
      buffer.get(bytes);
      return bytes;
    }

    String str() {
      byte[] bytes = buf();
      return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    int remaining() {
      return buffer.remaining();
    }

    byte[] rest() {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    }
  }
}

package io.paddock.operators;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left to send of an answer, taken in pieces. To be used by one thread at a time, closed by
 * the last.
 */
final class HttpBody implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpBody.class);
  private static final int PIECE_BYTES = 64 << 10;

  private final byte[] memory;
  private final InputStream file;
  private final long length;
  private long taken;

  private HttpBody(byte[] memory, InputStream file, long length) {
    this.memory = memory;
    this.file = file;
    this.length = length;
  }

  static HttpBody of(byte[] memory) {
    return new HttpBody(memory, null, memory.length);
  }

  /** So much of the file as there is now. */
  static HttpBody of(Path path) throws IOException {
    long bytes = Files.size(path);
    return new HttpBody(new byte[0], Files.newInputStream(path), bytes);
  }

  long length() {
    return length;
  }

  /** Bytes that are still to be taken. */
  long left() {
    return length - taken;
  }

  int heldBytes() {
    return memory.length;
  }

  /** Whether the next piece comes from the disk. */
  boolean mayBlock() {
    return file != null;
  }

  /** The next piece of memory; there must be one. */
  ByteBuf nextInMemory() {
    int bytes = (int) Math.min(PIECE_BYTES, left());
    ByteBuf piece = Unpooled.wrappedBuffer(memory, (int) taken, bytes);
    taken += bytes;
    return piece;
  }

  /** The next piece of a file; there must be one. */
  byte[] next() throws IOException {
    int bytes = (int) Math.min(PIECE_BYTES, left());
    byte[] piece = file.readNBytes(bytes);
    if (piece.length < bytes) {
      throw new EOFException("the file has become shorter");
    }
    taken += bytes;
    return piece;
  }

  @Override
  public void close() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.debug("A file could not be closed", e);
      }
    }
  }
}

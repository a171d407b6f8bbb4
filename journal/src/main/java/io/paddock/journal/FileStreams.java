package io.paddock.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** A stored file as a stream, in either direction. */
final class FileStreams {
  private static final int BUFFER_BYTES = 256 * 1024;

  /**
   * Forcing as it goes keeps a large file from becoming one long burst that the log's forces queue
   * behind.
   */
  private static final int FORCE_EVERY_BYTES = 2 * 1024 * 1024;

  private FileStreams() {}

  /** Reads from the start. Unbuffered. */
  static final class Input extends InputStream {
    private final Storage.Handle handle;
    private long position;

    Input(Storage.Handle handle) {
      this.handle = handle;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int off, int len) throws IOException {
      int count = handle.read(ByteBuffer.wrap(target, off, len), position);
      position += Math.max(count, 0);
      return count;
    }

    @Override
    public void close() throws IOException {
      handle.close();
    }
  }

  /** Writes from the start; closing forces the rest. */
  static final class Output extends OutputStream {
    private final Storage.Handle handle;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long position;
    private long forced;
    private boolean closed;

    Output(Storage.Handle handle) {
      this.handle = handle;
    }

    @Override
    public void write(int b) throws IOException {
      if (!buffer.hasRemaining()) {
        drain();
      }
      buffer.put((byte) b);
    }

    @Override
    public void write(byte[] source, int off, int len) throws IOException {
      int done = 0;
      while (done < len) {
        if (!buffer.hasRemaining()) {
          drain();
        }
        int step = Math.min(len - done, buffer.remaining());
        buffer.put(source, off + done, step);
        done += step;
      }
    }

    /** Bytes written so far. */
    long position() {
      return position + buffer.position();
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        try (handle) {
          drain();
          handle.force();
        }
      }
    }

    /** Closes without making anything durable. */
    void abandon() throws IOException {
      closed = true;
      handle.close();
    }

    private void drain() throws IOException {
      buffer.flip();
      int bytes = buffer.remaining();
      handle.write(buffer, position);
      buffer.clear();
      position += bytes;
      if (position - forced >= FORCE_EVERY_BYTES) {
        handle.force();
        forced = position;
      }
    }
  }
}

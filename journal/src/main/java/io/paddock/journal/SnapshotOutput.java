package io.paddock.journal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Adler32;

/** Buffers a snapshot on its way to the codec, and keeps the running checksum over what went by. */
final class SnapshotOutput extends OutputStream {
  private static final int BUFFER_BYTES = 1024 * 1024;

  private final OutputStream target;
  private final Adler32 adler = new Adler32();
  private final byte[] buf = new byte[BUFFER_BYTES];
  private int count;

  SnapshotOutput(OutputStream target) {
    this.target = target;
  }

  @Override
  public void write(int b) throws IOException {
    room(1);
    buf[count++] = (byte) b;
  }

  @Override
  public void write(byte[] source, int off, int len) throws IOException {
    if (len >= buf.length) {
      drain();
      adler.update(source, off, len);
      target.write(source, off, len);
      return;
    }
    room(len);
    System.arraycopy(source, off, buf, count, len);
    count += len;
  }

  void writeLong(long value) throws IOException {
    room(Long.BYTES);
    Bytes.putLong(buf, count, value);
    count += Long.BYTES;
  }

  void writeInt(int value) throws IOException {
    room(Integer.BYTES);
    Bytes.putInt(buf, count, value);
    count += Integer.BYTES;
  }

  /** The checksum of all before it, and the ustring "/". */
  void seal() throws IOException {
    drain();
    writeLong(adler.getValue());
    writeInt(1);
    write('/');
  }

  /** Only hands on: what is below is flushed when it is closed. */
  @Override
  public void flush() throws IOException {
    drain();
  }

  @Override
  public void close() throws IOException {
    drain();
    target.close();
  }

  private void room(int bytes) throws IOException {
    if (buf.length - count < bytes) {
      drain();
    }
  }

  private void drain() throws IOException {
    adler.update(buf, 0, count);
    int bytes = count;
    count = 0;
    target.write(buf, 0, bytes);
  }
}

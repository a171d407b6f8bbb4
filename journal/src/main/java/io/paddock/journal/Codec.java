package io.paddock.journal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.xerial.snappy.SnappyError;
import org.xerial.snappy.SnappyInputStream;
import org.xerial.snappy.SnappyOutputStream;

/**
 * How a snapshot is compressed; the suffix of its name says it (files protocol sheet, section 3.1).
 */
public enum Codec {
  /** As it is. */
  PLAIN(""),
  /** gzip. */
  GZIP("gz"),
  /** The stream format of snappy-java. */
  SNAPPY("snappy");

  private static final int STREAM_BUFFER_BYTES = 256 * 1024;

  /** Writers, Apache's too, make chunks of 32 KiB. */
  private static final int SNAPPY_CHUNK_BYTES_MAX = 16 << 20;

  private final String suffix;

  Codec(String suffix) {
    this.suffix = suffix;
  }

  /** As Apache's server does, an unknown suffix counts as plain. */
  static Codec ofSuffix(String suffix) {
    for (Codec codec : values()) {
      if (codec.suffix.equals(suffix)) {
        return codec;
      }
    }
    return PLAIN;
  }

  String nameOf(long zxid) {
    String plain = FileName.SNAPSHOT_PREFIX + Long.toHexString(zxid);
    return this == PLAIN ? plain : plain + "." + suffix;
  }

  InputStream decoder(InputStream in) throws IOException {
    return switch (this) {
      case PLAIN -> in;
      case GZIP -> new GZIPInputStream(in, STREAM_BUFFER_BYTES);
      case SNAPPY -> new BoundedSnappy(in);
    };
  }

  OutputStream encoder(OutputStream out) throws IOException {
    return switch (this) {
      case PLAIN -> out;
      case GZIP -> new FastGzip(out);
      case SNAPPY -> new SnappyOutputStream(out);
    };
  }

  /** Whether the first bytes are what this codec starts with; plain has no mark of its own here. */
  boolean startsWithMagic(byte[] head) {
    return switch (this) {
      case PLAIN -> true;
      case GZIP -> head.length >= 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
      case SNAPPY ->
          head.length >= 8
              && head[0] == (byte) 0x82
              && new String(head, 1, 6, java.nio.charset.StandardCharsets.US_ASCII).equals("SNAPPY")
              && head[7] == 0;
    };
  }

  /** Refuses damaged lengths before it reserves memory for them, and with an exception. */
  private static final class BoundedSnappy extends FilterInputStream {
    BoundedSnappy(InputStream in) throws IOException {
      super(new SnappyInputStream(in, SNAPPY_CHUNK_BYTES_MAX));
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      try {
        return super.read(target, from, length);
      } catch (SnappyError | RuntimeException e) {
        throw new IOException("damaged snappy data: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Level 1: a snapshot is written beside a serving server, and four times the CPU buys a tenth in
   * size.
   */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, STREAM_BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}

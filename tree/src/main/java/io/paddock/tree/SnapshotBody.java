package io.paddock.tree;

import io.paddock.wire.JuteWriter;
import io.paddock.wire.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** A snapshot's body to and from blocking streams (data directory sheet, section 3.2). */
public final class SnapshotBody {
  private static final int CHUNK_BYTES = 256 << 10;

  /** Even where a limit was lowered since: far more than a znode has. */
  private static final int RECORD_BYTES_MAX = 64 << 20;

  private SnapshotBody() {}

  /** Writes the body in large pieces. */
  public static void write(Tree tree, OutputStream out) throws IOException {
    SnapshotWriter writer = new SnapshotWriter(tree);
    JuteWriter chunk = new JuteWriter(CHUNK_BYTES + (4 << 10));
    boolean more = true;
    while (more) {
      more = writer.fill(chunk, CHUNK_BYTES);
      out.write(chunk.array(), 0, chunk.size());
      chunk.clear();
    }
  }

  /**
   * Reads a body in large pieces.
   *
   * @param in ends where the body ends; what follows may be taken from it and lost
   * @param zxid that the tree will have
   * @throws MalformedException when it is not a snapshot's body
   */
  public static Tree read(InputStream in, long zxid, TreeSettings settings) throws IOException {
    return read(in, zxid, settings, RECORD_BYTES_MAX);
  }

  /**
   * The same with another bound on a znode's record, so that a damaged length costs no memory.
   *
   * @param recordBytesMax the longest record, if that is more than 64 MiB; else 64 MiB are taken
   */
  public static Tree read(InputStream in, long zxid, TreeSettings settings, int recordBytesMax)
      throws IOException {
    int chunkBytesMax = Math.max(recordBytesMax, RECORD_BYTES_MAX);
    TreeSnapshotReader reader = new TreeSnapshotReader(zxid, settings);
    byte[] chunk = new byte[CHUNK_BYTES];
    int filled = 0;
    while (!reader.done()) {
      if (filled == chunk.length) {
        if (chunk.length >= chunkBytesMax) {
          throw new MalformedException(
              "a znode of more than "
                  + chunkBytesMax
                  + " bytes, which jute.maxbuffer does not allow");
        }
        chunk = Arrays.copyOf(chunk, (int) Math.min(chunk.length * 2L, chunkBytesMax));
      }
      int count = in.read(chunk, filled, chunk.length - filled);
      if (count < 0) {
        throw new MalformedException("a snapshot's body ends early");
      }
      filled += count;
      int taken = reader.feed(chunk, 0, filled);
      System.arraycopy(chunk, taken, chunk, 0, filled - taken);
      filled -= taken;
    }
    return reader.tree();
  }
}

package io.paddock.tree;

import io.paddock.wire.JuteWriter;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Computes what a znode contributes to the tree's digest (data directory sheet, section 4): a
 * CRC-32 over path, data and stat. Holds scratch memory; belongs to one thread.
 */
final class Digester {
  private static final String EXCLUDED = "/zookeeper/";
  private static final int SCRATCH_BYTES_MAX = 4096;

  private final CRC32 crc = new CRC32();
  private final JuteWriter scratch = new JuteWriter(192);

  /** Whether the znode at {@code path[0, end)} is left out of the digest. */
  static boolean isExcluded(String path, int end) {
    return end >= EXCLUDED.length() && path.startsWith(EXCLUDED);
  }

  /** The contribution of {@code node}, whose path is {@code path[0, end)}. */
  long of(Node node, String path, int end) {
    return isExcluded(path, end) ? 0 : sum(node, path, end);
  }

  /** The same of a node whose path is given in UTF-8 and is not excluded. */
  long of(Node node, byte[] path, int end) {
    crc.reset();
    crc.update(path, 0, end);
    node.updateData(crc);
    scratch.clear();
    writeStat(node);
    crc.update(scratch.array(), 0, scratch.size());
    return crc.getValue();
  }

  private long sum(Node node, String path, int end) {
    scratch.clear(SCRATCH_BYTES_MAX);
    // The root is "" here, however it was addressed.
    if (end > 1) {
      if (end == path.length()) {
        scratch.writeString(path);
      } else {
        writePrefix(path, end);
      }
    } else {
      scratch.writeInt(0);
    }
    crc.reset();
    crc.update(scratch.array(), 4, scratch.size() - 4);
    node.updateData(crc);
    scratch.clear();
    writeStat(node);
    crc.update(scratch.array(), 0, scratch.size());
    return crc.getValue();
  }

  private void writePrefix(String path, int end) {
    scratch.writeInt(end);
    for (int i = 0; i < end; i++) {
      char c = path.charAt(i);
      if (c >= 0x80) {
        byte[] utf8 = path.substring(0, end).getBytes(StandardCharsets.UTF_8);
        scratch.clear();
        scratch.writeBuffer(utf8);
        return;
      }
      scratch.writeByte(c);
    }
  }

  private void writeStat(Node node) {
    scratch.writeLong(node.czxid());
    scratch.writeLong(node.mzxid());
    scratch.writeLong(node.pzxid());
    scratch.writeLong(node.ctime());
    scratch.writeLong(node.mtime());
    scratch.writeInt(node.version());
    scratch.writeInt(node.cversion());
    scratch.writeInt(node.aversion());
    scratch.writeLong(node.owner());
  }
}

package io.paddock.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which snapshots have been written here, in a file of ours beside them ({@code paddock.snapshots}:
 * zxids in hex, one a line, ascending). A snapshot that came from a leader may be the only place of
 * its transactions; if it is lost, an older one with the logs may load without a visible hole.
 * Remembering its zxid shows the loss.
 *
 * <p>A crash between a snapshot and this file leaves the snapshot unremembered, never the reverse.
 * Safe for several threads.
 */
final class SnapshotMemory {
  static final String NAME = "paddock.snapshots";

  private final Storage storage;

  SnapshotMemory(Storage storage) {
    this.storage = storage;
  }

  synchronized SortedSet<Long> zxids() throws IOException {
    SortedSet<Long> zxids = new TreeSet<>();
    String text = TextFile.read(storage, NAME);
    if (text == null) {
      return zxids;
    }
    for (String line : text.split("\n")) {
      try {
        zxids.add(Long.parseLong(line.strip(), 16));
      } catch (NumberFormatException notAZxid) {
        throw new DamagedException(
            storage.describe(NAME),
            -1,
            "holds \"" + line + "\" where a zxid in hex is expected",
            "Delete the file: it only helps to notice lost snapshots");
      }
    }
    return zxids;
  }

  synchronized void add(long zxid) throws IOException {
    SortedSet<Long> zxids = zxids();
    zxids.add(zxid);
    write(zxids);
  }

  /** Forgets what is below {@code from} or above {@code to}. */
  synchronized void keep(long from, long to) throws IOException {
    SortedSet<Long> zxids = zxids();
    if (zxids.removeIf(zxid -> zxid < from || zxid > to)) {
      write(zxids);
    }
  }

  private void write(SortedSet<Long> zxids) throws IOException {
    List<String> lines = new ArrayList<>();
    zxids.forEach(zxid -> lines.add(Long.toHexString(zxid)));
    if (lines.isEmpty()) {
      storage.delete(NAME);
      storage.syncDirectory();
    } else {
      TextFile.write(storage, NAME, FileName.TEMPORARY_PREFIX + NAME, String.join("\n", lines));
    }
  }
}

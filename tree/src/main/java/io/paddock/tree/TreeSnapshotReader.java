package io.paddock.tree;

import io.paddock.wire.Acl;
import io.paddock.wire.JuteReader;
import io.paddock.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a snapshot's body (data directory sheet, section 3.2; {@link SnapshotWriter} tells the
 * format) from pieces of any size. Belongs to one thread.
 *
 * <p>Bodies are written depth first. So the reader keeps the znodes from the root to the one last
 * read open, each with the children it got so far, and closes what the next path does not lie
 * below.
 */
public final class TreeSnapshotReader {
  private enum Part {
    SESSION_COUNT,
    SESSIONS,
    ACL_COUNT,
    ACLS,
    ZNODES,
    DONE
  }

  /** Bytes of a stored stat. */
  private static final int STAT_BYTES = 60;

  private final long zxid;
  private final TreeLoader loader;
  private final Map<Long, AclList> acls = new HashMap<>();
  private final JuteReader in = new JuteReader();
  private Part part = Part.SESSION_COUNT;
  private int left;
  private Tree tree;

  /**
   * @param zxid that the tree will have
   */
  public TreeSnapshotReader(long zxid, TreeSettings settings) {
    this(zxid, settings, new NameHash(settings.hashSeed()));
  }

  TreeSnapshotReader(long zxid, TreeSettings settings, NameHash names) {
    this.zxid = zxid;
    this.loader = new TreeLoader(settings, names);
    acls.put(SnapshotWriter.OPEN_ACL_ID, AclList.OPEN);
  }

  /**
   * Takes whole records from {@code bytes[from, to)}. What is left of a record that goes on must be
   * given again, with more behind it.
   *
   * @return where it stopped: the index of the first byte not taken
   * @throws MalformedException when it is not a snapshot's body
   */
  public int feed(byte[] bytes, int from, int to) {
    in.reset(bytes, from, to);
    int taken = from;
    while (part != Part.DONE && hasRecord()) {
      readRecord();
      taken = in.position();
    }
    return taken;
  }

  /** Whether the end of the body has been taken. */
  public boolean done() {
    return part == Part.DONE;
  }

  /** The tree, once {@link #done}. */
  public Tree tree() {
    if (tree == null) {
      throw new IllegalStateException("the snapshot's body has not ended");
    }
    return tree;
  }

  /** Whether the record at the cursor is there with all its bytes. */
  private boolean hasRecord() {
    return switch (part) {
      case SESSION_COUNT, ACL_COUNT -> in.remaining() >= 4;
      case SESSIONS -> in.remaining() >= 12;
      case ACLS -> hasAcl();
      case ZNODES -> hasZnode();
      case DONE -> false;
    };
  }

  private boolean hasAcl() {
    int at = in.position();
    int left = in.remaining();
    if (left < 12) {
      return false;
    }
    int count = peek(at + 8);
    long length = 12;
    for (int i = 0; i < count; i++) {
      length += 4;
      for (int strings = 0; strings < 2; strings++) {
        if (left < length + 4) {
          return false;
        }
        length += 4 + Math.max(0, peek(at + (int) length));
      }
    }
    return left >= length;
  }

  private boolean hasZnode() {
    int left = in.remaining();
    int at = in.position();
    if (left < 4) {
      return false;
    }
    int pathLength = length(at);
    if (pathLength == 1) {
      return left >= 5;
    }
    long length = 4L + pathLength;
    if (left < length + 4) {
      return false;
    }
    length += 4 + Math.max(0, length(at + (int) length));
    return left >= length + 8 + STAT_BYTES;
  }

  /** A length that a record may have; the record's own bounds are not known yet. */
  private int length(int at) {
    int length = peek(at);
    if (length < -1) {
      throw new MalformedException("length " + length + " in a snapshot");
    }
    return length;
  }

  private int peek(int at) {
    byte[] bytes = in.array();
    return bytes[at] << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | bytes[at + 3] & 0xff;
  }

  private void readRecord() {
    switch (part) {
      case SESSION_COUNT -> start(Part.SESSIONS, Part.ACL_COUNT);
      case SESSIONS -> {
        loader.addSession(in.readLong(), in.readInt());
        next(Part.ACL_COUNT);
      }
      case ACL_COUNT -> start(Part.ACLS, Part.ZNODES);
      case ACLS -> {
        long id = in.readLong();
        List<Acl> list = Acl.readList(in);
        acls.put(id, loader.intern(AclList.of(list)));
        next(Part.ZNODES);
      }
      case ZNODES -> readZnode();
      case DONE -> throw new IllegalStateException("behind the end");
    }
  }

  private void start(Part records, Part behind) {
    left = in.readInt();
    part = left > 0 ? records : behind;
  }

  private void next(Part behind) {
    left--;
    if (left == 0) {
      part = behind;
    }
  }

  private void readZnode() {
    byte[] bytes = in.array();
    int pathLength = in.readInt();
    int pathAt = in.position();
    in.skip(Math.max(0, pathLength));
    if (pathLength == 1 && bytes[pathAt] == '/') {
      tree = loader.finish(zxid);
      part = Part.DONE;
      return;
    }
    if (pathLength < 0) {
      throw new MalformedException("a znode without a path in a snapshot");
    }
    int dataLength = in.readInt();
    int dataAt = in.position();
    in.skip(Math.max(0, dataLength));
    long aclId = in.readLong();
    AclList acl = acls.get(aclId);
    if (acl == null) {
      throw new MalformedException(
          "no access control list "
              + aclId
              + " in the snapshot for "
              + new String(bytes, pathAt, pathLength, StandardCharsets.UTF_8));
    }
    StoredStat stat = loader.stat();
    stat.read(in);
    Slice path =
        hasInvalidUtf8(bytes, pathAt, pathLength)
            ? Slice.of(
                new String(bytes, pathAt, pathLength, StandardCharsets.UTF_8)
                    .getBytes(StandardCharsets.UTF_8))
            : new Slice(bytes, pathAt, pathLength);
    loader.add(path, new Slice(bytes, dataAt, dataLength), acl);
  }

  /** Strings of a znode tree are valid; what is not is replaced as in every other string. */
  private static boolean hasInvalidUtf8(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (bytes[i] < 0) {
        byte[] path = Arrays.copyOfRange(bytes, from, from + length);
        String text = new String(path, StandardCharsets.UTF_8);
        return !Arrays.equals(path, text.getBytes(StandardCharsets.UTF_8));
      }
    }
    return false;
  }
}

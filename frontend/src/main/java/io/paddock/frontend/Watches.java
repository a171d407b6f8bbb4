package io.paddock.frontend;

import io.paddock.tree.AclList;
import io.paddock.tree.Change;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.WatcherEvent;
import java.util.Arrays;

/**
 * The watches of one client loop's connections: the data table and the child table of the client
 * protocol sheet, section 7, kept as one table of paths whose entries say for each connection under
 * which modes it watches. About 40 bytes a watch beside the path's own bytes. Belongs to its loop's
 * thread.
 */
public final class Watches {
  /** Data table, one-shot: getData, and exists on a znode that is or is not there. */
  public static final int DATA = 1;

  /** Data table, persistent. */
  public static final int DATA_PERSISTENT = 2;

  /** Data table, persistent and for all descendants. */
  public static final int RECURSIVE = 4;

  /** Child table, one-shot: getChildren. */
  public static final int CHILD = 8;

  /** Child table, persistent. */
  public static final int CHILD_PERSISTENT = 16;

  /** What addWatch with mode 0 registers. */
  public static final int PERSISTENT = DATA_PERSISTENT | CHILD_PERSISTENT;

  public static final int DATA_TABLE = DATA | DATA_PERSISTENT | RECURSIVE;
  static final int CHILD_TABLE = CHILD | CHILD_PERSISTENT;
  static final int ANY = DATA_TABLE | CHILD_TABLE;
  private static final int ONE_SHOT = DATA | CHILD;
  private static final int BUCKETS_MIN = 16;

  private final long hashSeed;
  private final JuteWriter frame = new JuteWriter();

  private WatchedPath[] buckets = new WatchedPath[BUCKETS_MIN];
  private int pathCount;

  private WatchSet[] sets = new WatchSet[16];
  private int[] freeIds = new int[16];
  private int freeCount;
  private int told;
  private int idsUsed = 1;

  private long dataCount;
  private long childCount;
  private long recursiveCount;
  private long trigger;

  /** Sees one connection's watches on one path, as bits of this class. */
  public interface Visitor {
    void watch(String path, Watcher watcher, int modes);
  }

  /**
   * @param hashSeed secret of the process, because strangers choose paths
   */
  Watches(long hashSeed) {
    this.hashSeed = hashSeed;
  }

  /** Makes room for a connection's watches; to be given back to {@link #close}. */
  WatchSet open(Watcher watcher) {
    int id = freeCount > 0 ? freeIds[--freeCount] : idsUsed++;
    if (id == sets.length) {
      sets = Arrays.copyOf(sets, id * 2);
    }
    WatchSet set = new WatchSet(watcher, id);
    sets[id] = set;
    return set;
  }

  /** Forgets a connection and all its watches. */
  void close(WatchSet set) {
    for (int i = 0; i < set.size() && set.live() > 0; i++) {
      // The list may be reset by the last removal: live() says when to stop.
      change(set, set.at(i), 0, ANY);
    }
    sets[set.id] = null;
    if (freeCount == freeIds.length) {
      freeIds = Arrays.copyOf(freeIds, freeCount * 2);
    }
    freeIds[freeCount++] = set.id;
  }

  /** Registers {@code modes} for a connection; twice is once. */
  void add(WatchSet set, String path, int modes) {
    int hash = hash(path);
    WatchedPath watched = find(path, path.length(), hash);
    if (watched == null) {
      watched = insert(path, hash);
    }
    change(set, watched, modes, 0);
  }

  /** The modes under which a connection watches exactly {@code path}. */
  int modes(WatchSet set, String path) {
    WatchedPath watched = find(path, path.length(), hash(path));
    return watched == null ? 0 : watched.modes(set.id);
  }

  /** Takes {@code modes} away; false when there was none of them. */
  boolean remove(WatchSet set, String path, int modes) {
    WatchedPath watched = find(path, path.length(), hash(path));
    if (watched == null || (watched.modes(set.id) & modes) == 0) {
      return false;
    }
    change(set, watched, 0, modes);
    return true;
  }

  /**
   * Tells the connections that watch what changed (client protocol sheet, section 7.3); returns how
   * many were told.
   */
  int fire(Change change, long zxid) {
    if (pathCount == 0 || (childCount == 0 && change.kind() == Change.Kind.CHILDREN_CHANGED)) {
      return 0;
    }
    told = 0;
    fire(change.kind(), change.path(), change.acl(), zxid);
    return told;
  }

  void fire(Change.Kind kind, String path, AclList acl, long zxid) {
    trigger++;
    frame.clear();
    switch (kind) {
      case CREATED -> fire(DATA_TABLE, WatcherEvent.NODE_CREATED, path, acl, zxid);
      case DATA_CHANGED -> fire(DATA_TABLE, WatcherEvent.NODE_DATA_CHANGED, path, acl, zxid);
      case CHILDREN_CHANGED ->
          fire(CHILD_TABLE, WatcherEvent.NODE_CHILDREN_CHANGED, path, acl, zxid);
      case DELETED -> {
        fire(DATA_TABLE, WatcherEvent.NODE_DELETED, path, acl, zxid);
        // The same trigger number: whom the data table told is not told again.
        fire(CHILD_TABLE, WatcherEvent.NODE_DELETED, path, acl, zxid);
      }
    }
  }

  /** Watches in the data table: pairs of path and connection. */
  public long dataCount() {
    return dataCount;
  }

  /** Watches in the child table: pairs of path and connection. */
  public long childCount() {
    return childCount;
  }

  /** Shows every watch of this loop. */
  public void forEach(Visitor visitor) {
    for (WatchedPath bucket : buckets) {
      for (WatchedPath watched = bucket; watched != null; watched = watched.next) {
        String path = PathKey.decode(watched.key);
        for (int i = 0; i < watched.slots(); i++) {
          int code = watched.slot(i);
          if (code != 0) {
            visitor.watch(path, sets[WatchedPath.id(code)].watcher, code & WatchedPath.MODES);
          }
        }
      }
    }
  }

  private void fire(int table, int event, String path, AclList acl, long zxid) {
    boolean ancestors = recursiveCount > 0 && table == DATA_TABLE;
    long hash = hashSeed;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (ancestors && c == '/' && i > 0) {
        tell(find(path, i, PathKey.fold(hash)), RECURSIVE, event, path, acl, zxid);
      }
      hash = PathKey.mix(hash, c);
      if (ancestors && i == 0 && path.length() > 1) {
        tell(find(path, 1, PathKey.fold(hash)), RECURSIVE, event, path, acl, zxid);
      }
    }
    WatchedPath watched = find(path, path.length(), PathKey.fold(hash));
    if (watched != null && tell(watched, table, event, path, acl, zxid)) {
      watched.clearAll(table & ONE_SHOT);
      if (watched.isEmpty()) {
        unlink(watched);
      }
    }
  }

  /**
   * Tells the connections that watch {@code watched} under any of {@code modes}. Returns whether a
   * one-shot watch among them is used up: also one whose connection may not read the znode.
   */
  private boolean tell(
      WatchedPath watched, int modes, int event, String path, AclList acl, long zxid) {
    if (watched == null) {
      return false;
    }
    boolean usedUp = false;
    int slots = watched.slots();
    for (int i = 0; i < slots; i++) {
      int code = watched.slot(i);
      if ((code & modes) == 0) {
        continue;
      }
      WatchSet set = sets[WatchedPath.id(code)];
      if (set.toldAt != trigger) {
        set.toldAt = trigger;
        if (set.watcher.mayRead(acl, path)) {
          encode(event, path, zxid);
          set.watcher.onEvent(frame.array(), frame.size());
          told++;
        }
      }
      int oneShot = code & modes & ONE_SHOT;
      if (oneShot != 0) {
        usedUp = true;
        count(code & WatchedPath.MODES, code & WatchedPath.MODES & ~oneShot);
        if ((code & WatchedPath.MODES & ~oneShot) == 0) {
          set.drop();
        }
      }
    }
    return usedUp;
  }

  /** The event's frame, made once for all who get it. */
  private void encode(int event, String path, long zxid) {
    if (frame.size() == 0) {
      EventFrame.write(frame, event, path, zxid);
    }
  }

  private void change(WatchSet set, WatchedPath watched, int added, int removed) {
    int before = watched.modes(set.id);
    int after = (before | added) & ~removed;
    if (after == before) {
      return;
    }
    count(before, after);
    watched.set(set.id, after);
    if (before == 0) {
      set.add(watched);
    } else if (after == 0) {
      set.drop();
      if (watched.isEmpty()) {
        unlink(watched);
      }
    }
  }

  private void count(int before, int after) {
    dataCount += has(after, DATA_TABLE) - has(before, DATA_TABLE);
    childCount += has(after, CHILD_TABLE) - has(before, CHILD_TABLE);
    recursiveCount += has(after, RECURSIVE) - has(before, RECURSIVE);
  }

  private static int has(int modes, int wanted) {
    return (modes & wanted) == 0 ? 0 : 1;
  }

  private int hash(String path) {
    long hash = hashSeed;
    for (int i = 0; i < path.length(); i++) {
      hash = PathKey.mix(hash, path.charAt(i));
    }
    return PathKey.fold(hash);
  }

  private WatchedPath find(String path, int length, int hash) {
    WatchedPath watched = buckets[hash & buckets.length - 1];
    while (watched != null
        && (watched.hash != hash || !PathKey.matches(watched.key, path, length))) {
      watched = watched.next;
    }
    return watched;
  }

  private WatchedPath insert(String path, int hash) {
    if (pathCount >= buckets.length) {
      resize(buckets.length * 2);
    }
    WatchedPath watched = new WatchedPath(PathKey.encode(path), hash);
    int bucket = hash & buckets.length - 1;
    watched.next = buckets[bucket];
    buckets[bucket] = watched;
    pathCount++;
    return watched;
  }

  private void unlink(WatchedPath watched) {
    int bucket = watched.hash & buckets.length - 1;
    WatchedPath before = buckets[bucket];
    if (before == watched) {
      buckets[bucket] = watched.next;
    } else {
      while (before.next != watched) {
        before = before.next;
      }
      before.next = watched.next;
    }
    watched.next = null;
    pathCount--;
    if (pathCount < buckets.length / 8 && buckets.length > BUCKETS_MIN) {
      resize(buckets.length / 2);
    }
  }

  private void resize(int length) {
    WatchedPath[] old = buckets;
    buckets = new WatchedPath[length];
    for (WatchedPath bucket : old) {
      WatchedPath watched = bucket;
      while (watched != null) {
        WatchedPath next = watched.next;
        int at = watched.hash & length - 1;
        watched.next = buckets[at];
        buckets[at] = watched;
        watched = next;
      }
    }
  }
}

package io.paddock.sim;

import io.paddock.wire.Acl;
import io.paddock.wire.WatcherEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one connection watches, and which events it must get: every decided transaction is passed
 * through it, in order, up to where the client has come (client protocol sheet, section 7). One
 * thread.
 */
final class WatchBook {
  static final int DATA = 1;
  static final int CHILD = 2;
  static final int PERSISTENT = 4;
  static final int RECURSIVE = 8;

  /** An event that the client must get, or got. */
  record Event(long zxid, int type, String path) {
    @Override
    public String toString() {
      return "event "
          + type
          + " of "
          + (path.isEmpty() ? "/" : path)
          + " at "
          + Chronicle.hex(zxid);
    }
  }

  private final Chronicle chronicle;
  private final Map<String, Integer> watches = new HashMap<>();
  private final List<Event> expected = new ArrayList<>();
  private long atZxid;

  WatchBook(Chronicle chronicle) {
    this.chronicle = chronicle;
  }

  void arm(String path, int modes) {
    watches.merge(path, modes, (one, other) -> one | other);
  }

  int modes(String path) {
    return watches.getOrDefault(path, 0);
  }

  void disarm(String path, int modes) {
    int left = modes(path) & ~modes;
    if (left == 0) {
      watches.remove(path);
    } else {
      watches.put(path, left);
    }
  }

  /** The client has heard of everything up to {@code zxid}. */
  void advance(long zxid) {
    if (zxid > atZxid) {
      if (!watches.isEmpty()) {
        for (Chronicle.Entry entry : chronicle.between(atZxid, zxid)) {
          for (NaiveChange change : entry.outcome().changes()) {
            fire(change, entry.zxid());
          }
        }
      }
      atZxid = zxid;
    }
  }

  private void fire(NaiveChange change, long zxid) {
    boolean onIt =
        switch (change.event()) {
          case WatcherEvent.NODE_CHILDREN_CHANGED -> fires(change.path(), CHILD, PERSISTENT);
          case WatcherEvent.NODE_DELETED -> fires(change.path(), DATA | CHILD, PERSISTENT);
          default -> fires(change.path(), DATA, PERSISTENT);
        };
    boolean told =
        onIt || (change.event() != WatcherEvent.NODE_CHILDREN_CHANGED && firesAbove(change.path()));
    if (told && (change.perms() & Acl.READ) != 0) {
      expected.add(new Event(zxid, change.event(), change.path()));
    }
  }

  private boolean fires(String path, int once, int always) {
    int modes = modes(path);
    disarm(path, once);
    return (modes & (once | always)) != 0;
  }

  private boolean firesAbove(String path) {
    String at = path;
    while (true) {
      if ((modes(at) & RECURSIVE) != 0) {
        return true;
      }
      if (at.isEmpty()) {
        return false;
      }
      at = NaiveTree.parent(at);
    }
  }

  /** An event has come. */
  void got(Event event) {
    advance(event.zxid());
    if (!expected.isEmpty() && expected.get(0).zxid() < event.zxid()) {
      throw new SimFinding("a client gets " + event + " before " + expected.get(0));
    }
    if (!expected.remove(event)) {
      throw new SimFinding("a client gets " + event + ", which it does not watch");
    }
  }

  /** A reply has come that shows the state at {@code zxid}. */
  void replied(long zxid) {
    advance(zxid);
    if (!expected.isEmpty()) {
      throw new SimFinding(
          "a client sees the state at " + Chronicle.hex(zxid) + " before " + expected.get(0));
    }
  }
}

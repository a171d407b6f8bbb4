package io.paddock.sim;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.WatcherEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The watches that a client believes to have, as the libraries keep them, to set them again on
 * another server (client protocol sheet, section 7.5). One thread.
 */
final class ClientWatches {
  /** Beside the modes of {@link WatchBook}: set by exists on what was not there. */
  private static final int EXIST = 16;

  private final TreeMap<String, Integer> watches = new TreeMap<>();

  boolean isEmpty() {
    return watches.isEmpty();
  }

  void clear() {
    watches.clear();
  }

  private void add(String path, int mode) {
    watches.merge(path, mode, (one, other) -> one | other);
  }

  private void remove(String path, int modes) {
    int left = watches.getOrDefault(path, 0) & ~modes;
    if (left == 0) {
      watches.remove(path);
    } else {
      watches.put(path, left);
    }
  }

  /** A path with a watch; null when there is none. */
  String first() {
    return watches.isEmpty() ? null : watches.firstKey();
  }

  /** A request was answered: it may have set or removed a watch. */
  void answered(Request request, int err) {
    boolean ok = err == 0;
    switch (request.code()) {
      case GET_DATA -> addIf(ok && request.watch(), request.path(), WatchBook.DATA);
      case EXISTS -> {
        addIf(ok && request.watch(), request.path(), WatchBook.DATA);
        boolean missing = err == ErrorCode.NONODE.code();
        addIf(missing && request.watch(), request.path(), EXIST);
      }
      case GET_CHILDREN, GET_CHILDREN2 ->
          addIf(ok && request.watch(), request.path(), WatchBook.CHILD);
      case ADD_WATCH ->
          addIf(
              ok, request.path(), request.mode() == 0 ? WatchBook.PERSISTENT : WatchBook.RECURSIVE);
      case REMOVE_WATCHES -> {
        if (ok) {
          remove(request.path(), removed(request.mode()));
        }
      }
      default -> {}
    }
  }

  private void addIf(boolean wanted, String path, int mode) {
    if (wanted) {
      add(path, mode);
    }
  }

  private static int removed(int watcherType) {
    return switch (watcherType) {
      case 1 -> WatchBook.CHILD;
      case 2 -> WatchBook.DATA | EXIST;
      case 4 -> WatchBook.PERSISTENT;
      default -> WatchBook.RECURSIVE;
    };
  }

  /** An event has come: watches that fire once are used up. */
  void fired(int event, String path) {
    switch (event) {
      case WatcherEvent.NODE_CHILDREN_CHANGED -> remove(path, WatchBook.CHILD);
      case WatcherEvent.NODE_DELETED -> remove(path, WatchBook.DATA | EXIST | WatchBook.CHILD);
      default -> remove(path, WatchBook.DATA | EXIST);
    }
  }

  private List<String> with(int mode) {
    List<String> paths = new ArrayList<>();
    watches.forEach(
        (path, modes) -> {
          if ((modes & mode) != 0) {
            paths.add(path);
          }
        });
    return paths;
  }

  /** Sets all of them again, as one who has seen the state at a zxid. */
  Request request(long seenZxid) {
    return Request.setWatches(
        seenZxid,
        List.of(
            with(WatchBook.DATA),
            with(EXIST),
            with(WatchBook.CHILD),
            with(WatchBook.PERSISTENT),
            with(WatchBook.RECURSIVE)));
  }

  /**
   * Whether a setWatches has told of what was missed and of nothing else; the rest is armed.
   *
   * @param tree that it was carried out on
   */
  void checkCaughtUp(NaiveTree tree, WatchBook book, Request request, List<WatchBook.Event> got) {
    List<WatchBook.Event> expected = new ArrayList<>();
    long seen = request.seenZxid();
    for (String path : request.watches().get(0)) {
      NaiveNode node = tree.get(path);
      int event = node == null ? WatcherEvent.NODE_DELETED : 0;
      if (node != null && node.mzxid() > seen) {
        event = WatcherEvent.NODE_DATA_CHANGED;
      }
      expect(expected, book, path, node, event, WatchBook.DATA);
    }
    for (String path : request.watches().get(1)) {
      NaiveNode node = tree.get(path);
      int event = node == null ? 0 : WatcherEvent.NODE_CREATED;
      expect(expected, book, path, node, event, WatchBook.DATA);
    }
    for (String path : request.watches().get(2)) {
      NaiveNode node = tree.get(path);
      int event = node == null ? WatcherEvent.NODE_DELETED : 0;
      if (node != null && node.pzxid() > seen) {
        event = WatcherEvent.NODE_CHILDREN_CHANGED;
      }
      expect(expected, book, path, node, event, WatchBook.CHILD);
    }
    request.watches().get(3).forEach(path -> book.arm(path, WatchBook.PERSISTENT));
    request.watches().get(4).forEach(path -> book.arm(path, WatchBook.RECURSIVE));
    if (!expected.equals(got)) {
      throw new SimFinding("setWatches tells of " + got + " instead of " + expected);
    }
  }

  /** What happened to a znode that the client may not read is not told, and nothing is armed. */
  private static void expect(
      List<WatchBook.Event> expected,
      WatchBook book,
      String path,
      NaiveNode node,
      int event,
      int mode) {
    if (event == 0) {
      book.arm(path, mode);
    } else if (node == null || node.permits(Acl.READ)) {
      expected.add(new WatchBook.Event(-1, event, path));
    }
  }
}

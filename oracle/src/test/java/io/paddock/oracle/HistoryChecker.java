package io.paddock.oracle;

import io.paddock.oracle.History.Change;
import io.paddock.oracle.History.Copy;
import io.paddock.oracle.History.End;
import io.paddock.oracle.History.Kind;
import io.paddock.oracle.History.Listing;
import io.paddock.oracle.History.Outcome;
import io.paddock.oracle.History.Read;
import io.paddock.oracle.History.Write;
import io.paddock.oracle.Znode.Held;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says what in a {@link History} cannot be if the ensemble keeps ZooKeeper's promises: writes are
 * linearizable, in the order of their zxids; a session's writes take effect in the order in which
 * it asked; a read gives the state at the zxid of its reply, and that zxid never falls in a
 * session; nothing acknowledged is lost, nothing is invented, doubled, or half there; an ephemeral
 * is there as long as its session; sequence numbers grow; a watch event comes before anything that
 * was read after the change.
 *
 * <p>As every reply carries a zxid, no search for an order is needed: the writes are put in the
 * order of their zxids, and everything read is compared with the state there. A write without a
 * reply gets its zxid from the first read that shows it.
 */
final class HistoryChecker {
  private static final int BADVERSION = -103;
  private static final int DIGITS = 10;

  private final Copy history;
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Write> byValue = new LinkedHashMap<>();
  private final Map<String, Long> zxids = new HashMap<>();
  private final Map<Long, Write> byZxid = new HashMap<>();
  private final Map<String, Znode> znodes = new HashMap<>();
  private final Map<String, List<Znode>> byParent = new HashMap<>();
  private final Map<Long, End> ends = new HashMap<>();

  /** The last zxid at which a session is known to have lived. */
  private final Map<Long, Long> lives = new HashMap<>();

  private HistoryChecker(Copy history) {
    this.history = history;
  }

  /** What is wrong, in words; empty when nothing is. */
  static List<String> violations(Copy history) {
    HistoryChecker checker = new HistoryChecker(history);
    checker.check();
    return List.copyOf(new LinkedHashSet<>(checker.violations));
  }

  private void check() {
    violations.addAll(history.oddities());
    history.ends().forEach(end -> ends.put(end.session(), end));
    history.writes().forEach(this::placeAnswered);
    history.reads().forEach(this::reveal);
    history.listings().forEach(this::revealNames);
    history.writes().forEach(this::countOpen);
    ends.values().forEach(this::endEphemerals);
    realTime();
    sessionOrder();
    znodes.values().forEach(this::versions);
    history.writes().forEach(this::refusal);
    history.reads().forEach(this::read);
    history.listings().forEach(this::listing);
    for (Znode znode : znodes.values()) {
      if (znode.presentMax >= znode.absentMin) {
        wrong(
            "%s was gone at %x and is there at %x", znode.path, znode.absentMin, znode.presentMax);
      }
    }
    synced();
    sequences();
    new LaneChecker(znodes, violations).check(history.lanes());
  }

  private void wrong(String format, Object... arguments) {
    violations.add(String.format(format, arguments));
  }

  // Who wrote what, and when.

  private void placeAnswered(Write write) {
    if (byValue.put(write.value(), write) != null) {
      throw new IllegalArgumentException("two writes with value " + write.value());
    }
    if (write.outcome() == Outcome.DONE) {
      lives.merge(write.session(), write.zxid(), Math::max);
      place(write, write.zxid(), write.paths());
    }
  }

  private void place(Write write, long zxid, List<String> paths) {
    zxids.put(write.value(), zxid);
    Write other = byZxid.put(zxid, write);
    if (other != null) {
      wrong("%s and %s both have zxid %x", other.value(), write.value(), zxid);
    }
    for (int i = 0; i < paths.size(); i++) {
      Change change = write.changes().get(i);
      Znode znode = znode(paths.get(i));
      boolean told = write.outcome() == Outcome.DONE && i < write.versions().size();
      switch (change.kind()) {
        case CREATE -> create(znode, write, change, zxid);
        case SET -> znode.held.put(zxid, new Held(write, told ? write.versions().get(i) : -1));
        case DELETE -> znode.removedAt = zxid;
      }
    }
  }

  private void create(Znode znode, Write write, Change change, long zxid) {
    if (znode.creator != null) {
      wrong("%s was created by %s and by %s", znode.path, znode.creator.value(), write.value());
    }
    boolean named =
        change.sequential()
            ? isNumbered(znode.path, change.path())
            : znode.path.equals(change.path());
    if (!named) {
      wrong("%s was to create %s and is said to have made %s", write.value(), change, znode.path);
    }
    znode.creator = write;
    znode.createdAt = zxid;
    znode.owner = change.ephemeral() ? write.session() : 0;
    znode.held.put(zxid, new Held(write, 0));
  }

  private static boolean isNumbered(String path, String prefix) {
    return path.startsWith(prefix)
        && path.length() == prefix.length() + DIGITS
        && path.substring(prefix.length()).chars().allMatch(Character::isDigit);
  }

  private Znode znode(String path) {
    return znodes.computeIfAbsent(
        path,
        p -> {
          Znode znode = new Znode(p);
          String parent = p.substring(0, p.lastIndexOf('/'));
          byParent.computeIfAbsent(parent, q -> new ArrayList<>()).add(znode);
          return znode;
        });
  }

  /** What is read tells which open writes have taken effect, and at which zxid. */
  private void reveal(Read read) {
    if (!read.there()) {
      return;
    }
    Write write = byValue.get(read.value());
    if (write == null) {
      wrong("%s holds %s, which nobody wrote", read.path(), read.value());
      return;
    }
    Change change = changeOf(write, read.path());
    if (change == null) {
      wrong("%s holds %s, which was not written there", read.path(), write.value());
    } else if (write.outcome() == Outcome.REFUSED) {
      wrong("%s was refused (%d) and is at %s", write.value(), write.error(), read.path());
    } else if (!zxids.containsKey(write.value())) {
      List<String> paths = new ArrayList<>();
      write.changes().forEach(c -> paths.add(c == change ? read.path() : c.path()));
      place(write, read.mzxid(), paths);
    } else if (zxids.get(write.value()) != read.mzxid()) {
      wrong(
          "%s has zxid %x, but %s holds it since %x",
          write.value(), zxids.get(write.value()), read.path(), read.mzxid());
    }
    if (read.answered() < write.invoked()) {
      wrong("%s was read before it was written", write.value());
    }
    learnVersion(read);
  }

  private void learnVersion(Read read) {
    Znode znode = znode(read.path());
    Held held = znode.held.get(read.mzxid());
    if (held != null && held.version() == -1) {
      znode.held.put(read.mzxid(), new Held(held.write(), read.version()));
    }
  }

  private static Change changeOf(Write write, String path) {
    for (Change change : write.changes()) {
      boolean there =
          change.sequential() ? isNumbered(path, change.path()) : path.equals(change.path());
      if (there && change.kind() != Kind.DELETE) {
        return change;
      }
    }
    return null;
  }

  /** A name in a listing must be somebody's; of an open create it says no zxid. */
  private void revealNames(Listing listing) {
    Set<String> makers = new HashSet<>();
    for (String name : listing.names()) {
      String path = listing.parent() + "/" + name;
      Znode znode = znodes.get(path);
      if (znode != null && znode.creator != null) {
        continue;
      }
      int dash = name.lastIndexOf('-');
      Write write = byValue.get(dash < 0 ? name : name.substring(0, dash));
      if (write == null || changeOf(write, path) == null) {
        wrong("%s is listed, which nobody created", path);
      } else if (write.outcome() == Outcome.REFUSED) {
        wrong("%s is listed, but was refused (%d)", path, write.error());
      } else if (zxids.containsKey(write.value()) || !makers.add(write.value())) {
        wrong("%s is listed, but its write has made something else", path);
      }
    }
  }

  private void countOpen(Write write) {
    if (write.outcome() != Outcome.OPEN || zxids.containsKey(write.value())) {
      return;
    }
    for (Change change : write.changes()) {
      switch (change.kind()) {
        case SET -> znode(change.path()).setsOpen++;
        case DELETE -> znode(change.path()).mayBeDeleted = true;
        case CREATE -> {}
      }
    }
  }

  private void endEphemerals(End end) {
    if (end.zxid() >= 0) {
      lives.merge(end.session(), end.zxid() - 1, Math::max);
      znodes.values().stream()
          .filter(znode -> znode.owner == end.session())
          .forEach(znode -> znode.removedAt = end.zxid());
    }
  }

  // Writes.

  private boolean hasTxn(Write write) {
    return zxids.containsKey(write.value())
        || write.outcome() == Outcome.REFUSED && write.error() == BADVERSION;
  }

  private long zxid(Write write) {
    return zxids.getOrDefault(write.value(), write.zxid());
  }

  /** A write that was answered before another was asked for has the lower zxid. */
  private void realTime() {
    List<Write> asked = new ArrayList<>(history.writes());
    asked.removeIf(write -> !hasTxn(write));
    asked.sort(Comparator.comparingLong(Write::invoked));
    List<Write> answered = new ArrayList<>(asked);
    answered.removeIf(write -> write.outcome() == Outcome.OPEN);
    answered.sort(Comparator.comparingLong(Write::answered));
    Write latest = null;
    int next = 0;
    for (Write write : asked) {
      while (next < answered.size() && answered.get(next).answered() < write.invoked()) {
        Write before = answered.get(next++);
        latest = latest == null || zxid(before) > zxid(latest) ? before : latest;
      }
      if (latest != null && zxid(latest) >= zxid(write)) {
        wrong(
            "%s was answered at %x before %s was asked for, which has %x",
            latest.value(), zxid(latest), write.value(), zxid(write));
      }
    }
  }

  /** A session's writes take effect in the order in which it asked for them. */
  private void sessionOrder() {
    Map<Long, Write> last = new HashMap<>();
    for (Write write : history.writes()) {
      if (hasTxn(write)) {
        Write before = last.put(write.session(), write);
        if (before != null && zxid(before) >= zxid(write)) {
          wrong(
              "%s (%x) and then %s (%x) of session %x are the wrong way round",
              before.value(), zxid(before), write.value(), zxid(write), write.session());
        }
      }
    }
  }

  private void versions(Znode znode) {
    int version = -1;
    int missing = 0;
    for (Map.Entry<Long, Held> entry : znode.held.entrySet()) {
      Held held = entry.getValue();
      if (entry.getKey() < znode.createdAt && znode.creator != null) {
        wrong("%s was set at %x and created at %x", znode.path, entry.getKey(), znode.createdAt);
      }
      int now = held.version() == -1 ? version + 1 : held.version();
      if (now <= version) {
        wrong("%s has version %d at %x, after %d", znode.path, now, entry.getKey(), version);
      }
      missing += now - version - 1;
      version = now;
      Change change = changeOf(held.write(), znode.path);
      int expected = change == null ? -1 : change.expectedVersion();
      if (expected != -1 && now != expected + 1) {
        wrong("%s asked for version %d and made %d", held.write().value(), expected, now);
      }
    }
    if (missing > znode.setsOpen) {
      wrong(
          "%s was changed %d times more than anybody asked for",
          znode.path, missing - znode.setsOpen);
    }
  }

  /** A write may be refused for its version only if the version was another. */
  private void refusal(Write write) {
    if (write.outcome() != Outcome.REFUSED || write.error() != BADVERSION) {
      return;
    }
    boolean right = false;
    boolean sure = true;
    for (Change change : write.changes()) {
      Znode znode = znodes.get(change.path());
      if (change.expectedVersion() != -1 && znode != null) {
        Map.Entry<Long, Held> before = znode.held.floorEntry(write.zxid());
        right |= before == null || before.getValue().version() != change.expectedVersion();
        sure &= znode.setsOpen == 0;
      }
    }
    if (!right && sure) {
      wrong("%s was refused for its version at %x, which was right", write.value(), write.zxid());
    }
  }

  // Reads.

  private void read(Read read) {
    Znode znode = znodes.get(read.path());
    if (!read.there()) {
      if (znode != null) {
        absent(znode, read.zxid());
      }
      return;
    }
    present(znode, read.zxid(), read.invoked(), read.synced());
    Map.Entry<Long, Held> should = znode.held.floorEntry(read.zxid());
    if (should == null || should.getKey() != read.mzxid()) {
      wrong(
          "%s was read at %x as of %x, but was changed at %x",
          read.path(), read.zxid(), read.mzxid(), should == null ? -1 : should.getKey());
    } else if (should.getValue().version() != read.version()
        || !should.getValue().write().value().equals(read.value())) {
      wrong("%s at %x is not as it was written: %s", read.path(), read.zxid(), read);
    }
    if (znode.creator != null && (read.czxid() != znode.createdAt || read.owner() != znode.owner)) {
      wrong("%s has another creation or owner than it should: %s", read.path(), read);
    }
  }

  private void present(Znode znode, long zxid, long invoked, boolean synced) {
    znode.presentMax = Math.max(znode.presentMax, zxid);
    if (znode.createdAt != Znode.NEVER && zxid < znode.createdAt) {
      wrong("%s was created at %x and is there at %x", znode.path, znode.createdAt, zxid);
    }
    if (zxid >= znode.removedAt) {
      wrong("%s went at %x and is there at %x", znode.path, znode.removedAt, zxid);
    }
    End end = ends.get(znode.owner);
    if (synced && end != null && end.heardAt() < invoked) {
      wrong("%s is there, but its session %x was over before", znode.path, znode.owner);
    }
  }

  private void absent(Znode znode, long zxid) {
    if (!znode.isAt(zxid)) {
      return;
    }
    long life = lives.getOrDefault(znode.owner, -1L);
    if (znode.owner != 0 && life <= zxid || znode.mayBeDeleted) {
      znode.absentMin = Math.min(znode.absentMin, zxid);
    } else if (znode.owner != 0) {
      wrong("%s is gone at %x, but its session lives at %x", znode.path, zxid, life);
    } else {
      wrong(
          "%s, created at %x by %s, is not there at %x",
          znode.path, znode.createdAt, znode.creator.value(), zxid);
    }
  }

  private void listing(Listing listing) {
    Set<String> names = new HashSet<>(listing.names());
    if (names.size() < listing.names().size()) {
      wrong("%s has a child twice", listing.parent());
    }
    for (Znode znode : byParent.getOrDefault(listing.parent(), List.of())) {
      if (names.contains(znode.path.substring(listing.parent().length() + 1))) {
        present(znode, listing.zxid(), listing.invoked(), listing.synced());
      } else if (znode.creator != null) {
        absent(znode, listing.zxid());
      }
    }
  }

  /** What follows a sync sees whatever was answered before. */
  private void synced() {
    List<Write> done = new ArrayList<>(history.writes());
    done.removeIf(write -> write.outcome() != Outcome.DONE);
    done.sort(Comparator.comparingLong(Write::answered));
    List<Read> reads = new ArrayList<>(history.reads());
    reads.removeIf(read -> !read.synced());
    reads.sort(Comparator.comparingLong(Read::invoked));
    Write latest = null;
    int next = 0;
    for (Read read : reads) {
      while (next < done.size() && done.get(next).answered() < read.invoked()) {
        Write write = done.get(next++);
        latest = latest == null || write.zxid() > latest.zxid() ? write : latest;
      }
      if (latest != null && latest.zxid() > read.zxid()) {
        wrong(
            "%s was read at %x after a sync, which came after %s at %x",
            read.path(), read.zxid(), latest.value(), latest.zxid());
      }
    }
  }

  /** Numbers grow with the zxid among the children of one parent. */
  private void sequences() {
    byParent.forEach(
        (parent, children) -> {
          List<Znode> numbered = new ArrayList<>(children);
          numbered.removeIf(znode -> !isSequential(znode));
          numbered.sort(Comparator.comparingLong(znode -> znode.createdAt));
          for (int i = 1; i < numbered.size(); i++) {
            Znode before = numbered.get(i - 1);
            Znode after = numbered.get(i);
            if (number(before) >= number(after)) {
              wrong("%s came before %s and has no lower number", before.path, after.path);
            }
          }
        });
  }

  private static boolean isSequential(Znode znode) {
    Change change = znode.creator == null ? null : changeOf(znode.creator, znode.path);
    return change != null && change.sequential();
  }

  private static long number(Znode znode) {
    return Long.parseLong(znode.path.substring(znode.path.length() - DIGITS));
  }
}

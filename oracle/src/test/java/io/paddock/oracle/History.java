package io.paddock.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the clients of an ensemble asked for and what they heard, as {@link HistoryChecker} wants
 * it. Every write has a value of its own, every path but a register's is created once. Times are of
 * one monotonic clock, in nanoseconds. Safe for use by several threads.
 */
final class History {

  enum Kind {
    CREATE,
    SET,
    DELETE
  }

  /** Open is a write whose reply was never heard: it may have taken effect or not. */
  enum Outcome {
    DONE,
    REFUSED,
    OPEN
  }

  /**
   * One part of a write.
   *
   * @param path of a sequential znode: the part before the number
   * @param expectedVersion of a set; -1 for any
   */
  record Change(
      Kind kind, String path, int expectedVersion, boolean sequential, boolean ephemeral) {
    static Change create(String path) {
      return new Change(Kind.CREATE, path, -1, false, false);
    }

    static Change ephemeral(String path) {
      return new Change(Kind.CREATE, path, -1, false, true);
    }

    static Change sequential(String prefix) {
      return new Change(Kind.CREATE, prefix, -1, true, false);
    }

    static Change set(String path, int expectedVersion) {
      return new Change(Kind.SET, path, expectedVersion, false, false);
    }

    static Change delete(String path) {
      return new Change(Kind.DELETE, path, -1, false, false);
    }
  }

  /**
   * A write.
   *
   * @param value unique; the data of everything that it creates or sets
   * @param answered when its reply was read; meaningless while it is open
   * @param error of a refused one
   * @param zxid as the reply says
   * @param paths what the reply calls the changed znodes, one for each change
   * @param versions after each change; -1 where the reply does not say
   */
  record Write(
      String value,
      long session,
      List<Change> changes,
      long invoked,
      long answered,
      Outcome outcome,
      int error,
      long zxid,
      List<String> paths,
      List<Integer> versions) {}

  /**
   * What a read of one znode said, data and Stat.
   *
   * @param synced whether a sync of the same session, asked for when the read says it was invoked,
   *     went before
   */
  record Read(
      long session,
      String path,
      long invoked,
      long answered,
      boolean synced,
      long zxid,
      boolean there,
      String value,
      long czxid,
      long mzxid,
      int version,
      long owner) {}

  /** The children of a znode. */
  record Listing(
      long session,
      String parent,
      long invoked,
      long answered,
      boolean synced,
      long zxid,
      List<String> names) {}

  /** What a session heard, in its order. */
  record Heard(Sign sign, String path, long zxid) {}

  enum Sign {
    /** A reply that was given at this zxid. */
    REPLY,
    /** The reply before has armed a one-shot data watch. */
    ARMED,
    /** A watch event; zxid -1 when the server does not say of which transaction. */
    EVENT
  }

  /** How a session ended. {@code zxid} is its closeSession's, -1 for one that has expired. */
  record End(long session, long zxid, long heardAt) {}

  /** A copy for the checker. */
  record Copy(
      List<Write> writes,
      List<Read> reads,
      List<Listing> listings,
      Map<Long, List<Heard>> lanes,
      List<End> ends,
      List<String> oddities) {}

  private final List<Write> writes = new ArrayList<>();
  private final List<Read> reads = new ArrayList<>();
  private final List<Listing> listings = new ArrayList<>();
  private final Map<Long, List<Heard>> lanes = new HashMap<>();
  private final List<End> ends = new ArrayList<>();
  private final List<String> oddities = new ArrayList<>();

  /** A write is about to be sent; it is open until more is said. Returns its number. */
  synchronized int begin(String value, long session, List<Change> changes, long now) {
    writes.add(
        new Write(value, session, changes, now, -1, Outcome.OPEN, 0, -1, List.of(), List.of()));
    return writes.size() - 1;
  }

  synchronized void done(
      int number, long zxid, List<String> paths, List<Integer> versions, long now) {
    Write w = writes.get(number);
    writes.set(
        number,
        new Write(
            w.value,
            w.session,
            w.changes,
            w.invoked,
            now,
            Outcome.DONE,
            0,
            zxid,
            List.copyOf(paths),
            List.copyOf(versions)));
  }

  synchronized void refused(int number, int error, long zxid, long now) {
    Write w = writes.get(number);
    writes.set(
        number,
        new Write(
            w.value,
            w.session,
            w.changes,
            w.invoked,
            now,
            Outcome.REFUSED,
            error,
            zxid,
            List.of(),
            List.of()));
  }

  synchronized void read(Read read) {
    reads.add(read);
  }

  synchronized void listed(Listing listing) {
    listings.add(listing);
  }

  synchronized void heard(long session, Sign sign, String path, long zxid) {
    lanes.computeIfAbsent(session, id -> new ArrayList<>()).add(new Heard(sign, path, zxid));
  }

  synchronized void ended(long session, long zxid, long now) {
    ends.add(new End(session, zxid, now));
  }

  /** Something that must not be, whatever else happened. */
  synchronized void odd(String what) {
    oddities.add(what);
  }

  synchronized int writesDone() {
    int done = 0;
    for (Write write : writes) {
      done += write.outcome == Outcome.DONE ? 1 : 0;
    }
    return done;
  }

  synchronized Copy copy() {
    Map<Long, List<Heard>> copies = new HashMap<>();
    lanes.forEach((session, lane) -> copies.put(session, List.copyOf(lane)));
    return new Copy(
        List.copyOf(writes),
        List.copyOf(reads),
        List.copyOf(listings),
        copies,
        List.copyOf(ends),
        List.copyOf(oddities));
  }
}

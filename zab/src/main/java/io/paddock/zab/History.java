package io.paddock.zab;

import java.util.Arrays;
import java.util.List;

/**
 * The end of a server's log as its role sees it: the last transactions in memory, and how far all
 * of them are logged, durable, settled and published.
 *
 * <pre>
 * published ≤ settled ≤ logged      durable ≤ logged
 * </pre>
 *
 * Settled is what the leader of the moment has called committed; published is what the replica was
 * told, which happens only once the leader is established. A place in memory has an index that
 * never changes. Only settled and durable transactions are ever forgotten.
 */
final class History {
  private final int txnsMax;
  private final long bytesMax;
  private LoggedTxn[] ring = new LoggedTxn[64];
  private long first;
  private long end;
  private long bytes;

  private long logged;
  private long durable;
  private long settled;
  private long published;

  /** A history of which nothing is known but its last zxid, all of it durable. */
  History(long last, int txnsMax, long bytesMax) {
    this.txnsMax = txnsMax;
    this.bytesMax = bytesMax;
    this.logged = last;
    this.durable = last;
  }

  /** The history found on disk. */
  static History recovered(DurableState state, ZabSettings settings) {
    History history =
        new History(state.lastLogged(), settings.commitLogTxnsMax(), settings.commitLogBytesMax());
    List<LoggedTxn> recent = state.recent();
    if (!recent.isEmpty() && recent.get(recent.size() - 1).zxid() == state.lastLogged()) {
      recent.forEach(history::keep);
    }
    return history;
  }

  /** The history that a snapshot at {@code zxid} stands for, published as far as this one. */
  History replacedBy(long zxid) {
    History history = new History(zxid, txnsMax, bytesMax);
    history.settled = zxid;
    history.published = published;
    return history;
  }

  /** The last zxid that was logged, durable or not. */
  long logged() {
    return logged;
  }

  long durable() {
    return durable;
  }

  long settled() {
    return settled;
  }

  long published() {
    return published;
  }

  /** Whether everything logged is on disk. */
  boolean isDurable() {
    return durable >= logged;
  }

  long firstIndex() {
    return first;
  }

  long endIndex() {
    return end;
  }

  boolean isEmpty() {
    return first == end;
  }

  LoggedTxn at(long index) {
    return ring[(int) (index & ring.length - 1)];
  }

  /** The index of the first transaction in memory after {@code zxid}; endIndex if there is none. */
  long indexAfter(long zxid) {
    long low = first;
    long high = end;
    while (low < high) {
      long middle = low + high >>> 1;
      if (at(middle).zxid() > zxid) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** A transaction goes to the log. */
  void log(LoggedTxn txn) {
    keep(txn);
    logged = txn.zxid();
  }

  /** A transaction goes to the log, and nobody will ask for it again. */
  void pass(long zxid) {
    logged = zxid;
  }

  /** A transaction is taken that a snapshot will make durable. */
  void stage(LoggedTxn txn) {
    log(txn);
    durable = logged;
  }

  void settle(long zxid) {
    settled = Math.max(settled, zxid);
  }

  void publish(long zxid) {
    if (zxid < published) {
      throw new IllegalStateException(
          "published " + Zxid.text(zxid) + " after " + Zxid.text(published));
    }
    published = zxid;
    settle(zxid);
  }

  /** The log has everything up to {@code zxid} on disk. */
  void durable(long zxid) {
    if (zxid > logged) {
      throw new IllegalStateException(
          "durable " + Zxid.text(zxid) + " was never logged; last " + Zxid.text(logged));
    }
    durable = Math.max(durable, zxid);
  }

  /** Everything after {@code zxid} is gone from the log, and what is left is durable. */
  void cutAfter(long zxid) {
    for (long keep = indexAfter(zxid); end > keep; ) {
      end--;
      bytes -= at(end).bytes().length;
      ring[(int) (end & ring.length - 1)] = null;
    }
    logged = zxid;
    durable = zxid;
    settled = Math.min(settled, zxid);
  }

  private void keep(LoggedTxn txn) {
    while (first < end && isFull() && at(first).zxid() <= Math.min(settled, durable)) {
      bytes -= at(first).bytes().length;
      ring[(int) (first & ring.length - 1)] = null;
      first++;
    }
    if (end - first == ring.length) {
      grow();
    }
    ring[(int) (end & ring.length - 1)] = txn;
    end++;
    bytes += txn.bytes().length;
  }

  private boolean isFull() {
    return end - first >= txnsMax || bytes >= bytesMax;
  }

  private void grow() {
    LoggedTxn[] larger = Arrays.copyOf(ring, ring.length * 2);
    Arrays.fill(larger, null);
    for (long i = first; i < end; i++) {
      larger[(int) (i & larger.length - 1)] = at(i);
    }
    ring = larger;
  }

  @Override
  public String toString() {
    return "published "
        + Zxid.text(published)
        + ", settled "
        + Zxid.text(settled)
        + ", durable "
        + Zxid.text(durable)
        + ", logged "
        + Zxid.text(logged);
  }
}

package io.paddock.zab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * What must hold in an ensemble whatever happens, checked from outside by a simulator that tells it
 * each step: at most one leader serves in an epoch; what was committed anywhere is committed
 * everywhere, the same, in the same order, without a hole; whoever leads has all of it; epochs
 * never fall, over restarts too. What must hold within one server, it looks at itself ({@link
 * OwnInvariants}). A violation is an {@link IllegalStateException} that says what and where.
 * Confined to one thread.
 */
public final class ZabInvariants {
  private static final class Seen {
    private long acceptedEpoch;
    private long currentEpoch;

    /** How many of the decided transactions this server has published since it started. */
    private int published;
  }

  private final List<LoggedTxn> decided = new ArrayList<>();
  private final TreeMap<Long, Long> leaders = new TreeMap<>();
  private final TreeMap<Long, Seen> servers = new TreeMap<>();

  /** A server starts, for the first time or again: it publishes from the beginning. */
  public void started(long sid) {
    seen(sid).published = 0;
  }

  /** A server begins to lead. */
  public void leads(long sid, Zab zab) {
    long epoch = zab.currentEpoch();
    Long other = leaders.putIfAbsent(epoch, sid);
    if (other != null && other != sid) {
      throw broken(sid, "leads in epoch " + epoch + ", which server " + other + " led");
    }
    // One that was held up may learn that it leads when a later epoch has begun already.
    long before = lastBefore(epoch);
    if (before > zab.lastLogged()) {
      throw broken(
          sid,
          "leads with a log up to "
              + Zxid.text(zab.lastLogged())
              + ", but "
              + Zxid.text(before)
              + " was committed");
    }
  }

  /** The last transaction committed in an earlier epoch; 0 without one. */
  private long lastBefore(long epoch) {
    int i = decided.size() - 1;
    while (i >= 0 && Zxid.epoch(decided.get(i).zxid()) >= epoch) {
      i--;
    }
    return i < 0 ? 0 : decided.get(i).zxid();
  }

  /** A server publishes its next transaction. */
  public void committed(long sid, long zxid, byte[] bytes) {
    Seen seen = seen(sid);
    if (seen.published == decided.size()) {
      if (!decided.isEmpty() && zxid <= last().zxid()) {
        throw broken(sid, "commits " + Zxid.text(zxid) + " after " + Zxid.text(last().zxid()));
      }
      decided.add(new LoggedTxn(zxid, bytes.clone()));
    } else {
      LoggedTxn expected = decided.get(seen.published);
      if (expected.zxid() != zxid || !Arrays.equals(expected.bytes(), bytes)) {
        throw broken(
            sid,
            "commits "
                + Zxid.text(zxid)
                + " where "
                + Zxid.text(expected.zxid())
                + " was committed"
                + (expected.zxid() == zxid ? " with another content" : ""));
      }
    }
    seen.published++;
  }

  /** What holds of a server between any two steps, whether it has started again in between. */
  public void check(long sid, Zab zab) {
    Seen seen = seen(sid);
    if (zab.acceptedEpoch() < seen.acceptedEpoch || zab.currentEpoch() < seen.currentEpoch) {
      throw broken(sid, "goes back in its epochs");
    }
    seen.acceptedEpoch = zab.acceptedEpoch();
    seen.currentEpoch = zab.currentEpoch();
  }

  /** How many transactions are committed. */
  public int decided() {
    return decided.size();
  }

  /** How many of them a server has published since it started. */
  public int published(long sid) {
    return seen(sid).published;
  }

  private LoggedTxn last() {
    return decided.get(decided.size() - 1);
  }

  private Seen seen(long sid) {
    return servers.computeIfAbsent(sid, s -> new Seen());
  }

  private static IllegalStateException broken(long sid, String what) {
    return new IllegalStateException("server " + sid + " " + what);
  }
}

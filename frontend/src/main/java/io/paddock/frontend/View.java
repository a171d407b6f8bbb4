package io.paddock.frontend;

import io.paddock.replica.Core;
import io.paddock.replica.FeedItem;
import io.paddock.replica.SessionIds;
import io.paddock.replica.Submission;
import io.paddock.tree.AccessControl;
import io.paddock.tree.Applied;
import io.paddock.tree.Change;
import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.OpCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * One client loop's place in the feed, and what the loop's connections share. At each item it first
 * tells the watches of what changed, then answers the lane that asked for it, then lets that lane
 * run the reads behind it, all on the item's tree: so no reply shows a change before the event for
 * it, and none shows more than its place in the order.
 *
 * <p>Belongs to its loop's thread, with all its lanes. Over 400 lines, since it is where these find
 * each other.
 */
public final class View {
  /** Whether a session was reported to the core in the current round of {@link #endTouchRound}. */
  enum Touch {
    NO,
    REPORTED,
    /** Heard again since: to be reported at the end of the round. */
    DUE
  }

  private final Core core;
  private final AccessControl access;
  private final Limits limits;
  private final Requests requests;
  private final Reads reads;
  private final Handshake handshake;
  private final Watches watches;
  private final SessionLanes lanes = new SessionLanes();
  private final Meter meter;
  private final List<Lane> heard = new ArrayList<>();
  private FeedItem at;
  private boolean following;
  private long pendingBytes;

  /** Null while no writes are held back. */
  private Throttle throttle;

  /** Null where there can be no quotas of throughput. */
  private Function<String, RateBucket> buckets;

  /** Null while there are none. */
  private ThroughputQuotas quotas;

  private final List<Lane> delayed = new ArrayList<>();

  /** The time of what is at hand. */
  private long nowNanos;

  /** Connections whose sessions are being made or renewed. */
  private final Set<Lane> opening = new LinkedHashSet<>();

  /** Whether clients wait for a leader, since when, and how often they had to. */
  private boolean held;

  private long heldSinceNanos;
  private int term;
  private int heldAtFirst;

  private ConnectionGate gate = ConnectionGate.OPEN;
  private int largeFromBytes = Integer.MAX_VALUE;
  private int waitingLanes;
  private int waitingReads;
  private int waitingWrites;
  private final Walk walk = new Walk();

  /** For the core's thread, set after each walk. */
  private final AtomicLong place;

  private final AtomicLong placeBytes;

  /** For all threads, set by this one. */
  private final AtomicLong largeBytes = new AtomicLong();

  /** One whose clients know no SASL and have to prove nothing. */
  public View(
      Core core,
      FeedItem start,
      SessionIds sessionIds,
      AccessControl access,
      Limits limits,
      long hashSeed,
      Meter meter) {
    this(core, start, sessionIds, access, AuthRules.NONE, limits, hashSeed, meter);
  }

  /**
   * @param start where the loop begins to follow the feed
   * @param hashSeed secret of the process, since strangers choose the paths they watch
   * @param meter counts what goes over this loop's connections
   */
  public View(
      Core core,
      FeedItem start,
      SessionIds sessionIds,
      AccessControl access,
      AuthRules rules,
      Limits limits,
      long hashSeed,
      Meter meter) {
    this.core = core;
    this.at = start;
    this.place = new AtomicLong(start.place());
    this.placeBytes = new AtomicLong(start.bytes());
    this.access = access;
    this.limits = limits;
    this.meter = meter;
    this.watches = new Watches(hashSeed);
    this.requests = new Requests(access, rules);
    this.reads = new Reads(access, watches, limits.replyBytesMax(), meter);
    this.handshake = new Handshake(this, sessionIds);
  }

  /** Writes wait by these rules from now on. Before the first connection. */
  public void throttleBy(ThrottleRules rules) {
    throttle = new Throttle(this, rules);
  }

  /**
   * Quotas of throughput that stand in the tree are in force from now on. Before the first
   * connection.
   *
   * @param newBuckets gives the buckets, by name; those of all loops are to be the same
   */
  public void measureBy(Function<String, RateBucket> newBuckets) {
    buckets = newBuckets;
    quotas = ThroughputQuotas.of(at.tree(), buckets);
  }

  /** Clients come in by this gate from now on. Before the first connection. */
  public void admitBy(ConnectionGate newGate) {
    gate = newGate;
  }

  /** Requests of more bytes count as large from now on. Before the first connection. */
  public void countLargeFrom(int bytes) {
    largeFromBytes = bytes;
  }

  /**
   * Takes a new connection.
   *
   * @param ids its first identities: its address by scheme ip, then those its TLS certificate gives
   */
  public Lane accept(Connection connection, List<Id> ids) {
    return new Lane(this, connection, ids);
  }

  /**
   * Follows the feed. What it throws is an Error: a walk that broke off in the middle of an item
   * has told some of its watches and not all, and nobody can go on from there.
   *
   * @param nowNanos the time, for latencies
   * @param itemsMax how far at the most
   * @return how many items it followed; fewer than {@code itemsMax} when it reached the end
   */
  public int advance(long nowNanos, int itemsMax) {
    if (following) {
      // Asked for by something that an item brought about: the walk under way comes to it.
      return 0;
    }
    following = true;
    time(nowNanos);
    walk.begin(waitingLanes, waitingReads, waitingWrites);
    int count = 0;
    try {
      for (FeedItem next = at.next(); next != null && count < itemsMax; next = at.next()) {
        Tree before = at.tree();
        at = next;
        if (next.isJump()) {
          jump(before, next.tree());
        }
        follow(next, nowNanos);
        walk.followed();
        count++;
      }
    } catch (RuntimeException e) {
      throw new AssertionError("the feed cannot be followed at zxid " + at.zxid(), e);
    } finally {
      following = false;
      place.lazySet(at.place());
      placeBytes.lazySet(at.bytes());
      if (count > 0) {
        meter.walked(walk, nowNanos);
      }
    }
    lookAtHeld(nowNanos);
    return count;
  }

  /** Lets on writes that were held back, as far as there is room for them now. */
  public void lookAtHeld(long nowNanos) {
    if (throttle != null && !held) {
      throttle.release(nowNanos);
    }
  }

  /** Goes on with clients that have waited for as long as their quotas say. */
  public void resumeDelayed(long nowNanos) {
    for (int i = delayed.size() - 1; i >= 0; i--) {
      if (delayed.get(i).isDelayOver(nowNanos)) {
        Lane lane = delayed.remove(i);
        lane.resume();
      }
    }
  }

  /** Writes that are held back. */
  public int heldWrites() {
    return throttle == null ? 0 : throttle.size();
  }

  /** Bytes of large requests that wait for their answer. Any thread. */
  public long largeBytes() {
    return largeBytes.get();
  }

  /** The {@link FeedItem#place} that this loop has come to, or a little less. Any thread. */
  public long place() {
    return place.get();
  }

  /** The {@link FeedItem#bytes} of that place. Any thread. */
  public long placeBytes() {
    return placeBytes.get();
  }

  /**
   * How many items the feed is ahead, counted up to {@code max}. Trees as old as this view are kept
   * in memory.
   */
  public int lag(int max) {
    int count = 0;
    for (FeedItem next = at.next(); next != null && count < max; next = next.next()) {
      count++;
    }
    return count;
  }

  /**
   * Ends a round of reporting to the core which sessions were heard. A session is reported at its
   * first frame in a round, and again at the round's end when more came; so nobody expires who was
   * heard, and a busy client costs two reports a round. To be called several times a tick.
   */
  public void endTouchRound() {
    for (Lane lane : heard) {
      if (lane.touch() == Touch.DUE && lane.isEstablished()) {
        core.touch(lane.sessionId(), lane.timeoutMs());
      }
      lane.touch(Touch.NO);
    }
    heard.clear();
  }

  /** The tree that reads are answered from now. */
  public Tree tree() {
    return at.tree();
  }

  /** The lane that holds a session; null when this loop has none. */
  public Lane lane(long sessionId) {
    return lanes.get(sessionId);
  }

  /** Sessions that have a connection on this loop. */
  public int sessionCount() {
    return lanes.size();
  }

  public Watches watches() {
    return watches;
  }

  /** What the requests on this loop that wait for their answer take, in bytes. */
  public long pendingBytes() {
    return throttle == null ? pendingBytes : pendingBytes + throttle.orphanBytes();
  }

  /** A request waits for its answer; {@code first} of its lane that does. */
  void waits(Pending pending, boolean first) {
    pendingBytes += pending.request.bytes() + Pending.ENTRY_BYTES;
    waitingLanes += first ? 1 : 0;
    count(pending, 1);
    countLarge(pending, 1);
  }

  /** A request waits no more; {@code last} of its lane that did. */
  void waitsNoMore(Pending pending, boolean last) {
    pendingBytes -= pending.request.bytes() + Pending.ENTRY_BYTES;
    waitingLanes -= last ? 1 : 0;
    count(pending, -1);
    countLarge(pending, -1);
  }

  private void countLarge(Pending pending, int sign) {
    long bytes = pending.request.bytes();
    if (bytes > largeFromBytes) {
      largeBytes.lazySet(largeBytes.get() + sign * bytes);
    }
  }

  private void count(Pending pending, int by) {
    if (pending instanceof Pending.Read) {
      waitingReads += by;
    } else if (pending instanceof Pending.Ordered) {
      waitingWrites += by;
    }
  }

  /** The walk under way. */
  Walk walk() {
    return walk;
  }

  Meter meter() {
    return meter;
  }

  private void follow(FeedItem item, long nowNanos) {
    Applied applied = item.applied();
    if (applied != null) {
      List<Change> changes = applied.changes();
      for (int i = 0; i < changes.size(); i++) {
        Change change = changes.get(i);
        int told = watches.fire(change, item.zxid());
        if (told > 0) {
          meter.fired(change.kind(), told);
        }
      }
    }
    if (buckets != null) {
      followQuotas(item);
    }
    Submission submission = item.submission();
    Lane asker = submission == null ? null : laneOf(submission.origin());
    if (submission != null && submission.kind() == Submission.Kind.RENEW) {
      closeOthers(submission.sessionId(), asker);
    }
    if (asker != null) {
      walk.answered();
      asker.onAnswer(item, nowNanos);
    }
    if (item.isMove()) {
      closeOthers(applied.txn().header().sessionId(), null);
    }
    if (applied != null) {
      if (applied.txn().header().type() == OpCode.CLOSE_SESSION.code()) {
        closeOthers(applied.txn().header().sessionId(), null);
      }
    } else if (submission != null && endsLocalSession(item)) {
      closeOthers(submission.sessionId(), null);
    }
  }

  private void followQuotas(FeedItem item) {
    if (item.applied() == null) {
      if (item.submission() == null) {
        // A tree that came from elsewhere.
        quotas = ThroughputQuotas.of(item.tree(), buckets);
      }
      return;
    }
    List<Change> changes = item.applied().changes();
    for (int i = 0; i < changes.size(); i++) {
      if (ThroughputQuotas.isConcerned(changes.get(i))) {
        ThroughputQuotas before = quotas == null ? ThroughputQuotas.none(buckets) : quotas;
        quotas = before.changed(changes.get(i).path(), item.tree());
      }
    }
  }

  /** A session that only this server knew ends without a transaction. */
  private static boolean endsLocalSession(FeedItem item) {
    Submission submission = item.submission();
    return submission.kind() == Submission.Kind.WRITE
        && submission.op().code() == OpCode.CLOSE_SESSION
        && item.error() == ErrorCode.OK;
  }

  private Lane laneOf(Object origin) {
    return origin instanceof Lane lane && lane.isOf(this) ? lane : null;
  }

  private void closeOthers(long sessionId, Lane but) {
    Lane lane = lanes.get(sessionId);
    if (lane != null && lane != but) {
      lane.end();
    }
  }

  // --- between two leaders ----------------------------------------------------------------------

  /**
   * The leader is lost, and clients stay: nothing is taken from them, and nothing answered but what
   * comes by the feed, until {@link #goOn}. Those whose session is being made or renewed are cut.
   *
   * @param nanos the time
   */
  public void hold(long nanos) {
    time(nanos);
    term++;
    held = true;
    heldSinceNanos = nanos;
    heldAtFirst = lanes.size();
    List.copyOf(opening).forEach(Lane::end);
  }

  /** Cuts the clients that would not wait any longer. To be called several times a tick. */
  public void cutImpatient(long nanos) {
    if (held) {
      for (Lane lane : lanes.all()) {
        if (lane.isHeldTooLong(nanos - heldSinceNanos)) {
          lane.end();
        }
      }
    }
  }

  /**
   * There is a leader again, and the feed has come to where it began: each client goes on where it
   * stood, and what the feed has not answered by then stands in no history and is asked again.
   *
   * @return how many clients were cut meanwhile; -1 when none had been held
   */
  public int goOn(long nanos) {
    if (!held) {
      return -1;
    }
    advance(nanos, Integer.MAX_VALUE);
    held = false;
    int kept = lanes.size();
    lanes.all().forEach(lane -> lane.goOn(nanos));
    return Math.max(0, heldAtFirst - kept);
  }

  /** Whether clients wait for a leader. */
  public boolean isHeld() {
    return held;
  }

  /** How often clients were held. */
  int term() {
    return term;
  }

  private void jump(Tree before, Tree after) {
    for (Lane lane : lanes.all()) {
      if (lane.losesBy(before, after)) {
        lane.end();
      }
    }
  }

  void opens(Lane lane) {
    opening.add(lane);
  }

  /** It is established, or closed. */
  void opened(Lane lane) {
    opening.remove(lane);
  }

  // --- for the lanes ----------------------------------------------------------------------------

  void hold(Lane lane) {
    lanes.put(lane);
  }

  void forget(Lane lane) {
    lanes.remove(lane);
  }

  void heard(Lane lane) {
    if (lane.touch() == Touch.NO) {
      core.touch(lane.sessionId(), lane.timeoutMs());
      lane.touch(Touch.REPORTED);
      heard.add(lane);
    } else {
      lane.touch(Touch.DUE);
    }
  }

  Core core() {
    return core;
  }

  AccessControl access() {
    return access;
  }

  Limits limits() {
    return limits;
  }

  /** Null while no writes are held back. */
  Throttle throttle() {
    return throttle;
  }

  ConnectionGate gate() {
    return gate;
  }

  /** Quotas of throughput; null while there are none. */
  ThroughputQuotas quotas() {
    return quotas;
  }

  /** The time of what is at hand. */
  long nowNanos() {
    return nowNanos;
  }

  /** What comes now comes at this time. */
  void time(long nanos) {
    nowNanos = nanos;
  }

  /** A client is not read for a while. */
  void delay(Lane lane) {
    delayed.add(lane);
  }

  Requests requests() {
    return requests;
  }

  Reads reads() {
    return reads;
  }

  Handshake handshake() {
    return handshake;
  }
}

package io.paddock.frontend;

import io.paddock.replica.FeedItem;
import io.paddock.replica.Submission;
import io.paddock.tree.AclList;
import io.paddock.tree.Tree;
import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import io.paddock.wire.ReadOnlyByte;
import io.paddock.wire.ReplyHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, and the order in which it hears things. Replies leave in the order of the
 * requests. Writes go to the core at once, one behind the other; a read runs at once when nothing
 * is pending, else when the feed has answered the write before it, on the tree of that moment: so
 * it sees the session's earlier writes and none of its later ones.
 *
 * <pre>
 * CONNECTING --ConnectRequest--> OPENING --feed--> ESTABLISHED --last request--> DRAINING --answered--> CLOSED
 * </pre>
 *
 * Any state leads to CLOSED when the connection breaks. Belongs to its loop's thread.
 *
 * <p>Over 400 lines: what is asked, what waits, what is held back and what is answered are one
 * order.
 */
public final class Lane implements Watcher {
  private static final int IDS_MAX = 1000;
  private static final int ID_CHARS_MAX = 64 << 10;
  private static final long NANOS_PER_MS = 1_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  private enum State {
    /** The next frame is the ConnectRequest. */
    CONNECTING,
    /** The session is being made or renewed; no frame is taken. */
    OPENING,
    ESTABLISHED,
    /** No more requests are taken; those pending are answered, then the connection closes. */
    DRAINING,
    CLOSED
  }

  private final View view;
  private final Connection connection;
  private final Traffic traffic;
  private final PendingQueue pending = new PendingQueue();

  private final String address;

  private State state = State.CONNECTING;
  private List<Id> ids;
  private long sessionId;
  private int timeoutMs;

  /** As the client sent it. */
  private ReadOnlyByte readOnlyByte = ReadOnlyByte.ABSENT;

  /** Whether the server is one without a leader: reads only. */
  private boolean readOnly;

  private boolean reading = true;
  private View.Touch touch = View.Touch.NO;

  /** Null until the first watch. */
  private WatchSet watchSet;

  /** Writes that the throttle holds back. */
  private int held;

  /** Null until the first token. */
  private SaslTalk sasl;

  /** Whether an auth packet is judged elsewhere, until when no further request is taken. */
  private boolean judging;

  /** Whether a quota of throughput has the client wait, and until when. */
  private boolean delayed;

  private long delayedUntilNanos;

  Lane(View view, Connection connection, List<Id> ids) {
    this.view = view;
    this.connection = connection;
    this.ids = List.copyOf(ids);
    this.address = ids.isEmpty() ? "" : ids.get(0).id();
    this.traffic = new Traffic(view.meter());
  }

  /**
   * Takes one frame of the client.
   *
   * @param frame from behind the length to the frame's end; read during the call only
   * @param nowNanos the time, for latencies, on the clock that {@link View#advance} is given
   */
  public void onFrame(JuteReader frame, long nowNanos) {
    view.time(nowNanos);
    switch (state) {
      case CONNECTING -> {
        traffic.onConnect(nowNanos);
        view.handshake().onConnect(this, frame, nowNanos);
      }
      case ESTABLISHED -> view.requests().onFrame(this, frame, nowNanos);
      case OPENING -> throw new IllegalStateException("a frame before the session is established");
      case DRAINING, CLOSED -> {
        // Behind a closeSession or a refused request nothing is heard any more.
      }
    }
    if (reading && !wantsRead()) {
      reading = false;
    }
  }

  /**
   * Whether the lane takes frames now: not while the session is being made or a SASL token is
   * judged, not when too much is pending. Once false, {@link Connection#resumeReading} says when it
   * is true again. To be asked after each frame.
   */
  public boolean wantsRead() {
    return switch (state) {
      case CONNECTING -> true;
      case ESTABLISHED ->
          !view.isHeld()
              && !delayed
              && !judging
              && (sasl == null || !sasl.isJudging())
              && pending.size() < view.limits().outstandingMax()
              && pending.bytes() < view.limits().outstandingBytesMax();
      case OPENING, DRAINING, CLOSED -> false;
    };
  }

  /**
   * The connection is gone: what is pending is dropped, the watches with it; the session lives on.
   */
  public void onClosed() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      if (held > 0) {
        view.throttle().closed(this);
      }
      while (!pending.isEmpty()) {
        dequeue();
      }
      view.forget(this);
      view.opened(this);
      if (watchSet != null) {
        view.meter().clearsWatches();
        view.watches().close(watchSet);
        view.meter().clearedWatches();
        watchSet = null;
      }
    }
  }

  /** The session this connection is for; 0 before the ConnectRequest. */
  public long sessionId() {
    return sessionId;
  }

  /** The session timeout agreed with the client, in milliseconds. */
  public int timeoutMs() {
    return timeoutMs;
  }

  /** Whether the handshake is done and the connection is up. */
  public boolean isEstablished() {
    return state == State.ESTABLISHED || state == State.DRAINING;
  }

  /** Requests that wait for their answer. */
  public int outstanding() {
    return pending.size();
  }

  /** The identities of the connection, its address first. */
  public List<Id> ids() {
    return ids;
  }

  public Traffic traffic() {
    return traffic;
  }

  @Override
  public boolean mayRead(AclList acl, String path) {
    return view.access().permits(acl, Acl.READ, ids, path, null);
  }

  @Override
  public void onEvent(byte[] frame, int length) {
    connection.out().writeRaw(frame, 0, length);
    toldEvent(length - Integer.BYTES);
  }

  @Override
  public String toString() {
    return "Session 0x" + Long.toHexString(sessionId) + " from " + remoteAddress();
  }

  void toldEvent(int bytes) {
    traffic.onSent();
    view.meter().event(bytes);
  }

  // --- the handshake's side -----------------------------------------------------------------

  /** The server has no leader. */
  void takesNoWrites() {
    readOnly = true;
  }

  /** Takes down what the ConnectRequest says and hands the session's request to the core. */
  void open(long sessionId, int timeoutMs, ReadOnlyByte asked, Submission submission) {
    this.sessionId = sessionId;
    this.timeoutMs = timeoutMs;
    readOnlyByte = asked;
    state = State.OPENING;
    view.opens(this);
    view.core().submit(submission.in(view.term()));
  }

  /** The session is made or renewed: says so and starts to take requests. */
  private void established(FeedItem item, long nowNanos) {
    state = State.ESTABLISHED;
    view.opened(this);
    view.hold(this);
    JuteWriter out = connection.out();
    int start = out.size();
    Handshake.writeOpened(out, sessionId, timeoutMs, readOnlyByte.answer(readOnly));
    if (item.applied() == null) {
      traffic.onSent();
    } else {
      traffic.onSession(item.zxid(), out.size() - start - Integer.BYTES, nowNanos);
    }
    reading = true;
    connection.resumeReading();
  }

  private void expired() {
    Handshake.writeExpired(connection.out(), readOnlyByte.answer(false));
    traffic.onSent();
    end();
  }

  // --- the requests' side -----------------------------------------------------------------------

  /** Answers a read at once when nothing is pending, else lets it wait for its turn. */
  void read(int xid, OpCode op, JuteReader body, long nowNanos) {
    if (pending.isEmpty()) {
      answerRead(xid, op, body, ids, view.tree(), nowNanos, nowNanos);
    } else {
      int bytes = Requests.HEADER_BYTES + body.remaining();
      enqueue(new Pending.Read(new ClientRequest(xid, op, bytes, nowNanos), body, ids));
    }
  }

  /**
   * Answers with what is known already, in its turn; takes no more requests when the connection
   * ends with it.
   */
  void reply(ClientRequest request, Pending.Outcome outcome, long nowNanos) {
    if (outcome.last) {
      drain();
    }
    if (pending.isEmpty()) {
      answerKnown(request, outcome, null, nowNanos);
    } else {
      enqueue(new Pending.Known(request, outcome));
    }
  }

  /** Hands a request to the core, whose feed will answer it. */
  void submit(Pending.Ordered next) {
    enqueue(next);
    if (view.throttle() == null) {
      next.handTo(view.core(), view.term());
    } else {
      view.throttle().submit(this, next);
    }
  }

  // --- quotas of throughput ---------------------------------------------------------------------

  /** A write of so many bytes has come in. */
  void chargeWrite(Op op, long bytes) {
    ThroughputQuotas quotas = view.quotas();
    if (quotas != null) {
      delay(quotas.charge(ids, op, bytes, view.nowNanos()));
    }
  }

  /** A znode was read for this client, so many bytes of it. */
  void chargeRead(String path, long bytes) {
    ThroughputQuotas quotas = view.quotas();
    if (quotas != null) {
      delay(quotas.charge(ids, path, false, bytes, view.nowNanos()));
    }
  }

  /** Its next request is not read for so long; its session must not expire by that. */
  private void delay(long nanos) {
    if (nanos <= 0 || state != State.ESTABLISHED) {
      return;
    }
    long bounded = Math.min(nanos, timeoutMs * NANOS_PER_MS / 3);
    long until = view.nowNanos() + bounded;
    if (!delayed) {
      delayed = true;
      delayedUntilNanos = until;
      view.delay(this);
      view.meter().delayed(bounded);
    } else if (until - delayedUntilNanos > 0) {
      delayedUntilNanos = until;
    }
  }

  boolean isDelayOver(long nowNanos) {
    return state == State.CLOSED || nowNanos - delayedUntilNanos >= 0;
  }

  /** The delay is over. */
  void resume() {
    delayed = false;
    // Else what keeps it from reading still, goes on with it.
    reading = wantsRead();
    if (reading) {
      connection.resumeReading();
    }
  }

  /** So many writes more are held back. */
  void held(int more) {
    held += more;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /** A write waited for too long: it is not done, and answered so in its turn. */
  void throttled(Pending.Ordered late, long nowNanos) {
    late.throttled = true;
    if (state != State.CLOSED && pending.oldest() == late && !view.isHeld()) {
      answerBehind(view.tree(), nowNanos);
      readOn();
    }
  }

  /** Has a SASL token judged; until that is done no further request is taken. */
  void judge(ClientRequest request, byte[] token, AuthRules rules) {
    if (sasl == null) {
      sasl = new SaslTalk(this, rules);
    }
    Pending.Token next = new Pending.Token(request);
    enqueue(next);
    sasl.judge(next, token);
  }

  /** Has an auth packet judged elsewhere; until that is done no further request is taken. */
  void judge(ClientRequest request, String scheme, byte[] auth, AuthPort port) {
    judging = true;
    Pending.Token next = new Pending.Token(request);
    enqueue(next);
    port.judge(
        this,
        connection,
        scheme,
        auth,
        answer -> {
          judging = false;
          boolean taken = answer.ids() != null && become(answer.ids());
          if (!taken) {
            String why = answer.ids() == null ? answer.why() : "too many identities for one client";
            oddity(() -> this + ": authentication failed by scheme " + scheme + ": " + why);
            view.meter().authFailed();
          }
          next.judged(taken ? Pending.Outcome.AUTH_OK : Pending.Outcome.AUTH_FAILED, null);
          judged(next);
        });
  }

  /** A token was judged: it is answered in its turn. */
  void judged(Pending.Token token) {
    if (state == State.CLOSED) {
      return;
    }
    if (token.outcome().last) {
      drain();
    }
    if (pending.oldest() == token && !view.isHeld()) {
      answerBehind(view.tree(), token.request.receivedNanos());
    }
    readOn();
  }

  /** The client is this user of SASL; false when that is one identity too many. */
  boolean logIn(String user) {
    return addIds(view.access().loggedIn(user));
  }

  // --- between two leaders -----------------------------------------------------------------------

  /**
   * Whether it cannot go on behind a jump of the feed: what became of its writes, which events it
   * has missed, whether its session lives is not known.
   */
  boolean losesBy(Tree before, Tree after) {
    boolean ends = before.sessionTimeoutMs(sessionId) >= 0 && after.sessionTimeoutMs(sessionId) < 0;
    return ends || watchSet != null && watchSet.live() > 0 || handed(Submission.Kind.WRITE);
  }

  private boolean handed(Submission.Kind kind) {
    return unanswered().stream().anyMatch(next -> next.submission().kind() == kind);
  }

  /** What the core had and the feed has not answered. */
  private List<Pending.Ordered> unanswered() {
    List<Pending.Ordered> found = new ArrayList<>();
    for (Pending next = pending.oldest(); next != null; next = next.next) {
      if (next instanceof Pending.Ordered ordered && ordered.isHanded()) {
        found.add(ordered);
      }
    }
    return found;
  }

  /** There is a leader again: what was not answered is asked again, in its order. */
  void goOn(long nowNanos) {
    for (Pending.Ordered next : unanswered()) {
      if (state == State.CLOSED) {
        return;
      }
      next.handTo(view.core(), view.term());
    }
    answerBehind(view.tree(), nowNanos);
    if (wantsRead()) {
      reading = true;
      connection.resumeReading();
    }
  }

  /** Whether the client would have given up by then. */
  boolean isHeldTooLong(long heldNanos) {
    return heldNanos >= timeoutMs * NANOS_PER_MS / 3;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  private void enqueue(Pending next) {
    view.waits(next, pending.isEmpty());
    pending.add(next);
    view.meter().waits(pending.size());
  }

  private Pending dequeue() {
    Pending next = pending.take();
    view.waitsNoMore(next, pending.isEmpty());
    return next;
  }

  /** A request has come in. */
  void heard() {
    traffic.onReceived();
    view.heard(this);
  }

  void oddity(Supplier<String> line) {
    connection.oddity(line);
  }

  Meter meter() {
    return view.meter();
  }

  String remoteAddress() {
    return address;
  }

  /** Takes no more requests. */
  void drain() {
    state = State.DRAINING;
  }

  /**
   * Adds identities, for every request from now on.
   *
   * @return false, and nothing changes, when they would be more than one client can have: they go
   *     with each request that is forwarded, and a leader drops a server that forwards too much
   */
  boolean addIds(List<Id> added) {
    List<Id> all = new ArrayList<>(ids);
    for (Id id : added) {
      if (!all.contains(id)) {
        all.add(id);
      }
    }
    return become(all);
  }

  /** The same for who it is from now on. */
  private boolean become(List<Id> all) {
    int chars = all.stream().mapToInt(id -> id.scheme().length() + id.id().length()).sum();
    if (all.size() > IDS_MAX || chars > ID_CHARS_MAX) {
      return false;
    }
    ids = List.copyOf(all);
    return true;
  }

  // --- answers ----------------------------------------------------------------------------------

  /** The feed has come to something that this lane asked for. */
  void onAnswer(FeedItem item, long nowNanos) {
    switch (state) {
      case OPENING -> {
        switch (item.error()) {
          case OK -> established(item, nowNanos);
          case SESSIONEXPIRED -> expired();
          default -> end();
        }
      }
      case ESTABLISHED, DRAINING -> {
        answerFeed(item, nowNanos);
        answerBehind(item.tree(), nowNanos);
        if (pending.isEmpty()) {
          view.walk().laneDrained();
        }
        readOn();
      }
      case CONNECTING, CLOSED -> {
        // The client did not wait for it.
      }
    }
  }

  private void readOn() {
    if (!reading && wantsRead() && pending.size() <= view.limits().outstandingMax() / 2) {
      reading = true;
      connection.resumeReading();
    }
  }

  private void answerFeed(FeedItem item, long nowNanos) {
    if (!(pending.oldest() instanceof Pending.Ordered next)
        || next.submission() != item.submission()) {
      LOG.error(
          "{}: the feed answers out of order at zxid 0x{}; its connection is closed",
          this,
          Long.toHexString(item.zxid()));
      end();
      return;
    }
    dequeue();
    ClientRequest request = next.request;
    if (item.error() == ErrorCode.SESSIONMOVED) {
      // Never told: the client has gone to another server, or will find one.
      end();
      return;
    }
    JuteWriter out = connection.out();
    int start = out.beginFrame();
    ReplyHeader.write(out, request.xid(), item.zxid(), item.error().code());
    if (item.applied() != null) {
      item.applied().result().writeBody(out);
    } else if (request.op() == OpCode.SYNC && item.error() == ErrorCode.OK) {
      out.writeString(next.path);
    }
    out.endFrame(start);
    OpCode done = item.error() == ErrorCode.OK ? request.op() : null;
    long latencyNanos = nowNanos - request.receivedNanos();
    traffic.onReply(done, request.xid(), item.zxid(), request.receivedNanos(), nowNanos);
    view.meter().replied(item.applied() != null, out.size() - start - Integer.BYTES, latencyNanos);
    if (request.op() == OpCode.CLOSE_SESSION) {
      // Also when it could not be done: the client has said its last word.
      end();
    }
  }

  /**
   * Answers what waited behind the write just answered, on that write's tree, up to the next one or
   * to a token that is still judged.
   */
  private void answerBehind(Tree tree, long nowNanos) {
    int reads = 0;
    while (!pending.isEmpty() && pending.oldest().isAnswerable()) {
      Pending next = dequeue();
      if (next instanceof Pending.Read read) {
        reads++;
        ClientRequest request = read.request;
        JuteReader body = new JuteReader(read.body);
        long receivedNanos = request.receivedNanos();
        answerRead(request.xid(), request.op(), body, read.ids, tree, receivedNanos, nowNanos);
      } else if (next instanceof Pending.Known known) {
        answerKnown(known.request, known.outcome, null, nowNanos);
      } else if (next instanceof Pending.Token token) {
        answerKnown(token.request, token.outcome(), token.answer(), nowNanos);
      } else {
        answerKnown(next.request, Pending.Outcome.THROTTLED, null, nowNanos);
      }
    }
    if (reads > 0) {
      view.walk().ranBehind(reads);
      view.meter().behindWrite(reads);
    }
  }

  /** Numbers, not a {@link ClientRequest}: a read that is answered at once allocates none. */
  private void answerRead(
      int xid,
      OpCode op,
      JuteReader body,
      List<Id> asker,
      Tree tree,
      long receivedNanos,
      long nowNanos) {
    int bytes = view.reads().answer(this, xid, op, body, asker, tree, connection.out());
    long latencyNanos = nowNanos - receivedNanos;
    traffic.onReply(op, xid, tree.zxid(), receivedNanos, nowNanos);
    view.meter().replied(false, bytes, latencyNanos);
  }

  private void answerKnown(
      ClientRequest request, Pending.Outcome outcome, byte[] token, long nowNanos) {
    long zxid = outcome.zxid(view.tree().zxid());
    JuteWriter out = connection.out();
    int start = out.beginFrame();
    ReplyHeader.write(out, request.xid(), zxid, outcome.error.code());
    if (outcome.hasToken()) {
      out.writeBuffer(token);
    }
    out.endFrame(start);
    if (outcome.counts()) {
      long latencyNanos = nowNanos - request.receivedNanos();
      traffic.onReply(null, request.xid(), zxid, request.receivedNanos(), nowNanos);
      view.meter().replied(false, out.size() - start - Integer.BYTES, latencyNanos);
    } else {
      // What the connection answers by itself has no part in the figures of requests.
      traffic.onSent();
    }
    if (outcome.last) {
      end();
    }
  }

  // --- watches ----------------------------------------------------------------------------------

  /** This connection's place in the watch table, made with its first watch. */
  WatchSet watchSet() {
    if (watchSet == null) {
      watchSet = view.watches().open(this);
    }
    return watchSet;
  }

  // --- the view's side --------------------------------------------------------------------------

  boolean isOf(View view) {
    return this.view == view;
  }

  View.Touch touch() {
    return touch;
  }

  void touch(View.Touch touch) {
    this.touch = touch;
  }

  /**
   * Closes behind what was written: the session is gone or has moved, or the client broke the
   * rules.
   */
  void end() {
    if (state != State.CLOSED) {
      onClosed();
      connection.close();
    }
  }

  /** The client broke the rules so that no reply is possible. */
  void breakOff(String why) {
    oddity(() -> this + " sent " + why + "; its connection is closed");
    end();
  }
}

package io.paddock.oracle;

import io.paddock.oracle.History.Change;
import io.paddock.oracle.History.Listing;
import io.paddock.oracle.History.Read;
import io.paddock.oracle.History.Sign;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Welcome;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A client that writes down in a {@link History} whatever it asks and hears. It moves to another
 * server with its session when a connection ends or stays silent, and takes its watches along, as
 * client libraries do. Not for use by several threads.
 */
final class RecordedClient implements AutoCloseable {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(1);
  private static final Duration WELCOME_MAX = Duration.ofSeconds(2);
  private static final Duration REPLY_MAX = Duration.ofSeconds(4);
  private static final int ERROR_TYPE = -1;
  private static final int NONODE = -101;
  private static final int SESSIONEXPIRED = -112;

  private enum Expected {
    WRITE,
    GET,
    LIST,
    OTHER
  }

  /** A request without its reply. */
  private record Asked(
      Expected expected,
      int xid,
      int write,
      List<Change> changes,
      String path,
      boolean watch,
      long invoked) {}

  private final String name;
  private final History history;
  private final int timeoutMs;
  private final ArrayDeque<Asked> asked = new ArrayDeque<>();
  private final Set<String> armed = new HashSet<>();

  private RawClient connection;
  private long session;
  private byte[] password = new byte[16];
  private long lastZxid;
  private int lastNumber;
  private int done;
  private long syncedAt = -1;
  private Read lastRead;
  private List<String> lastNames = List.of();

  /**
   * @param name unique; begins every value that it writes
   */
  RecordedClient(String name, History history, int timeoutMs) {
    this.name = name;
    this.history = history;
    this.timeoutMs = timeoutMs;
  }

  boolean isConnected() {
    return connection != null;
  }

  /** The id of its session; 0 without one. */
  long session() {
    return session;
  }

  /** Whether there is a session, as far as this client knows. */
  boolean hasSession() {
    return session != 0;
  }

  /** How many of its writes were acknowledged. */
  int done() {
    return done;
  }

  /** Forgets the session without a word. */
  void abandon() {
    drop();
    forget();
  }

  private void forget() {
    session = 0;
    password = new byte[16];
    lastZxid = 0;
    armed.clear();
  }

  /** Leaves the server, but keeps the session. */
  void drop() {
    asked.clear();
    syncedAt = -1;
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  /** Tries this server, once; the session of before or a new one. */
  boolean connect(InetSocketAddress server) {
    drop();
    RawClient raw;
    try {
      raw = new RawClient(server, CONNECT_MAX);
    } catch (UncheckedIOException unreachable) {
      return false;
    }
    Welcome welcome =
        raw.handshake(
            RawClient.connectRequest(lastZxid, timeoutMs, session, password, true), WELCOME_MAX);
    if (welcome == null || !welcome.accepted()) {
      raw.close();
      if (welcome != null && session != 0) {
        history.ended(session, -1, System.nanoTime());
        forget();
      }
      return false;
    }
    if (session != 0 && welcome.sessionId() != session) {
      history.odd("session " + session + " was resumed as " + welcome.sessionId());
    }
    connection = raw;
    session = welcome.sessionId();
    password = welcome.password();
    if (!armed.isEmpty()) {
      Op watches = Op.setWatches(0, List.of(List.copyOf(armed), List.of(), List.of()));
      ask(Expected.OTHER, watches.type(), watches.bodyAt(lastZxid), List.of(), -1, null, false);
      return flush();
    }
    return true;
  }

  // Requests; their replies are read by flush.

  String newValue() {
    return name + "x" + ++lastNumber;
  }

  void write(String value, List<Change> changes) {
    List<Op> ops = new ArrayList<>();
    changes.forEach(change -> ops.add(op(change, value)));
    Op op = ops.size() == 1 ? ops.get(0) : Op.multi(OpCode.MULTI, ops);
    int number = history.begin(value, session, changes, System.nanoTime());
    ask(Expected.WRITE, op.type(), op.bodyAt(0), changes, number, null, false);
  }

  private static Op op(Change change, String value) {
    byte[] data = value.getBytes(StandardCharsets.UTF_8);
    int flags = (change.ephemeral() ? Op.EPHEMERAL : 0) | (change.sequential() ? Op.SEQUENTIAL : 0);
    return switch (change.kind()) {
      case CREATE -> Op.create(OpCode.CREATE, change.path(), data, Op.OPEN, flags);
      case SET -> Op.setData(change.path(), data, change.expectedVersion());
      case DELETE -> Op.delete(change.path(), -1);
    };
  }

  void get(String path, boolean watch) {
    Op op = Op.getData(path, watch);
    ask(Expected.GET, op.type(), op.bodyAt(0), List.of(), -1, path, watch);
  }

  void list(String path) {
    Op op = Op.getChildren2(path, false);
    ask(Expected.LIST, op.type(), op.bodyAt(0), List.of(), -1, path, false);
  }

  /** What is read on this connection from now on has everything that was answered before. */
  boolean sync(String path) {
    long now = System.nanoTime();
    Op op = Op.path(OpCode.SYNC, path);
    ask(Expected.OTHER, op.type(), op.bodyAt(0), List.of(), -1, null, false);
    boolean heard = flush();
    syncedAt = heard ? now : -1;
    return heard;
  }

  /** What the latest successful get said; null before there was one. */
  Read lastRead() {
    return lastRead;
  }

  private void ask(
      Expected expected,
      int type,
      byte[] body,
      List<Change> changes,
      int write,
      String path,
      boolean watch) {
    long now = System.nanoTime();
    int xid = connection.request(type, body);
    asked.add(new Asked(expected, xid, write, changes, path, watch, now));
  }

  /** Reads all replies; false when the connection is lost, whatever may have become of the rest. */
  boolean flush() {
    while (!asked.isEmpty()) {
      Frame frame = connection.next(REPLY_MAX);
      if (frame.kind() != RawClient.Kind.FRAME) {
        drop();
        return false;
      }
      if (frame.isNotification()) {
        notified(frame);
      } else {
        answered(asked.poll(), frame);
      }
    }
    return connection != null;
  }

  private void notified(Frame frame) {
    Jute.In in = frame.in();
    in.i32();
    in.i32();
    String path = in.str();
    armed.remove(path);
    history.heard(session, Sign.EVENT, path, frame.zxid());
  }

  private void answered(Asked request, Frame frame) {
    if (frame.xid() != request.xid()) {
      history.odd("reply " + frame.xid() + " came where " + request.xid() + " was due");
      drop();
      return;
    }
    history.heard(session, Sign.REPLY, null, frame.zxid());
    lastZxid = Math.max(lastZxid, frame.zxid());
    switch (request.expected()) {
      case WRITE -> written(request, frame);
      case GET -> got(request, frame);
      case LIST -> listed(request, frame);
      case OTHER -> {}
    }
    if (frame.err() == SESSIONEXPIRED) {
      history.ended(session, -1, System.nanoTime());
      drop();
      forget();
    }
  }

  private void written(Asked request, Frame frame) {
    long now = System.nanoTime();
    List<String> paths = new ArrayList<>();
    List<Integer> versions = new ArrayList<>();
    int error = frame.err();
    if (error == 0 && request.changes().size() == 1) {
      result(request.changes().get(0), frame.in(), paths, versions);
    } else if (error == 0) {
      error = results(request.changes(), frame.in(), paths, versions);
    }
    if (error == 0) {
      done++;
      history.done(request.write(), frame.zxid(), paths, versions, now);
    } else {
      history.refused(request.write(), error, frame.zxid(), now);
    }
  }

  /** A multi's results; returns its first error, or 0. */
  private static int results(
      List<Change> changes, Jute.In in, List<String> paths, List<Integer> versions) {
    for (Change change : changes) {
      int type = in.i32();
      in.u8();
      in.i32();
      if (type == ERROR_TYPE) {
        int error = in.i32();
        if (error != 0) {
          return error;
        }
      } else {
        result(change, in, paths, versions);
      }
    }
    // All before were to be rolled back, and the last did not say why.
    return paths.size() == changes.size() ? 0 : ERROR_TYPE;
  }

  private static void result(
      Change change, Jute.In in, List<String> paths, List<Integer> versions) {
    switch (change.kind()) {
      case CREATE -> {
        paths.add(in.str());
        versions.add(0);
      }
      case SET -> {
        paths.add(change.path());
        versions.add(Status.read(in).version());
      }
      case DELETE -> {
        paths.add(change.path());
        versions.add(-1);
      }
    }
  }

  /** The parts of a Stat that matter here. */
  private record Status(long czxid, long mzxid, int version, long owner) {
    static Status read(Jute.In in) {
      long czxid = in.i64();
      long mzxid = in.i64();
      in.i64();
      in.i64();
      int version = in.i32();
      in.i64();
      long owner = in.i64();
      in.i64();
      in.i64();
      return new Status(czxid, mzxid, version, owner);
    }
  }

  private void got(Asked request, Frame frame) {
    if (frame.err() != 0 && frame.err() != NONODE) {
      return;
    }
    boolean there = frame.err() == 0;
    Jute.In in = frame.in();
    String value = there ? new String(in.buf(), StandardCharsets.UTF_8) : null;
    Status stat = there ? Status.read(in) : new Status(0, 0, 0, 0);
    Read read =
        new Read(
            session,
            request.path(),
            syncedAt >= 0 ? syncedAt : request.invoked(),
            System.nanoTime(),
            syncedAt >= 0,
            frame.zxid(),
            there,
            value,
            stat.czxid(),
            stat.mzxid(),
            stat.version(),
            stat.owner());
    history.read(read);
    if (there) {
      lastRead = read;
      if (request.watch()) {
        armed.add(request.path());
        history.heard(session, Sign.ARMED, request.path(), frame.zxid());
      }
    }
  }

  private void listed(Asked request, Frame frame) {
    if (frame.err() != 0) {
      return;
    }
    Jute.In in = frame.in();
    List<String> names = new ArrayList<>();
    for (int count = in.i32(); count > 0; count--) {
      names.add(in.str());
    }
    Collections.sort(names);
    lastNames = List.copyOf(names);
    history.listed(
        new Listing(
            session,
            request.path(),
            syncedAt >= 0 ? syncedAt : request.invoked(),
            System.nanoTime(),
            syncedAt >= 0,
            frame.zxid(),
            lastNames));
  }

  /** What the latest successful list said. */
  List<String> lastNames() {
    return lastNames;
  }

  /** Keeps the session alive while nothing is asked. A ping's zxid is nobody's view. */
  void ping() {
    int xid = connection.request(OpCode.PING, new byte[0]);
    for (Frame frame = connection.next(REPLY_MAX);
        frame.kind() == RawClient.Kind.FRAME;
        frame = connection.next(REPLY_MAX)) {
      if (frame.xid() == xid) {
        return;
      }
      notified(frame);
    }
    drop();
  }

  /** Ends the session and says when; false when that was not heard. */
  boolean endSession() {
    int xid = connection.request(OpCode.CLOSE_SESSION, new byte[0]);
    for (Frame frame = connection.next(REPLY_MAX);
        frame.kind() == RawClient.Kind.FRAME;
        frame = connection.next(REPLY_MAX)) {
      if (frame.isNotification()) {
        notified(frame);
      } else if (frame.xid() == xid && frame.err() == 0) {
        history.ended(session, frame.zxid(), System.nanoTime());
        drop();
        forget();
        return true;
      }
    }
    abandon();
    return false;
  }

  @Override
  public void close() {
    drop();
  }
}

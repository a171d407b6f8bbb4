package io.paddock.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * The load generator: a fixed set of sessions driven by the calling thread over one selector.
 *
 * <p>It must cost less than the servers it measures, so requests are prepared frames with the xid
 * patched in, whatever arrived on a connection is answered by one write, and nothing is allocated
 * per request. A lone session is driven by blocking reads, without the selector. Latencies of
 * {@link #open} count from the moment a request was due, so a server that falls behind cannot hide
 * it (no coordinated omission). Every reply is verified; wrong ones count as errors, not as
 * replies.
 */
final class Driver implements AutoCloseable {
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
  private static final int ANSWER_MILLIS_MAX = 20_000;
  private static final int PROBE_ANSWER_MILLIS_MAX = 300;
  private static final int PROBE_SESSION_MILLIS = 10_000;
  private static final int OPEN_DEPTH = 4096;
  private static final int READ_BYTES = 256 * 1024;

  /** Above this depth a blocking write could wait for a server that waits for us to read. */
  private static final int BLOCKING_DEPTH_MAX = 64;

  private final List<DriverSession> sessions;
  private final RunCounts counts = new RunCounts();
  private final Selector selector;
  private boolean blocking = true;
  private ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
  private ByteBuffer out = ByteBuffer.allocateDirect(READ_BYTES);
  private DriverLoad workload;
  private boolean closedLoop;
  private long toSend;
  private long outstanding;
  private long events;
  private boolean closing;
  private IOException failure;

  private Driver(List<DriverSession> sessions) throws IOException {
    this.sessions = sessions;
    this.selector = Selector.open();
  }

  /**
   * Opens the sessions.
   *
   * @param timeoutMillis session timeout to ask for; the driver sends no pings
   */
  static Driver connect(Endpoint server, int sessions, int timeoutMillis) throws IOException {
    return connect(List.of(server), sessions, timeoutMillis);
  }

  /** Opens the sessions on several servers, in turn. */
  static Driver connect(List<Endpoint> servers, int sessions, int timeoutMillis)
      throws IOException {
    return new Driver(SessionOpener.open(servers, sessions, timeoutMillis, ANSWER_MILLIS_MAX));
  }

  /** Opens one session on a server that may be starting; fails soon when it does not answer. */
  static Driver probe(Endpoint server) throws IOException {
    return new Driver(
        SessionOpener.open(List.of(server), 1, PROBE_SESSION_MILLIS, PROBE_ANSWER_MILLIS_MAX));
  }

  /**
   * Keeps {@code depth} requests in flight on each session; measures the window behind the warm-up.
   */
  LoadResult closed(
      DriverLoad load, int depth, long warmUpNanos, long windowNanos, LongSupplier serverCpu)
      throws IOException {
    begin(load, depth, true, Long.MAX_VALUE);
    prime(depth);
    runUntil(System.nanoTime() + warmUpNanos);
    Mark mark = new Mark(serverCpu);
    runUntil(mark.start + windowNanos);
    return finish(mark, serverCpu);
  }

  /** Sends exactly {@code count} requests, at most {@code depth} in flight on each session. */
  LoadResult counted(DriverLoad load, int depth, long count, LongSupplier serverCpu)
      throws IOException {
    begin(load, depth, true, count);
    Mark mark = new Mark(serverCpu);
    prime(depth);
    long quietSince = System.nanoTime();
    for (long before = outstanding + toSend; before > 0; before = outstanding + toSend) {
      turn(1000);
      if (outstanding + toSend < before) {
        quietSince = System.nanoTime();
      } else if (System.nanoTime() - quietSince > DRAIN_NANOS) {
        break;
      }
    }
    return finish(mark, serverCpu);
  }

  /**
   * Sends at a fixed rate, round-robin over the sessions; measures the window behind the warm-up.
   */
  LoadResult open(
      DriverLoad load, double perSecond, long warmUpNanos, long windowNanos, LongSupplier serverCpu)
      throws IOException {
    begin(load, OPEN_DEPTH, false, 0);
    Schedule schedule = new Schedule(perSecond, System.nanoTime());
    long warm = System.nanoTime() + warmUpNanos;
    sendOnSchedule(schedule, () -> System.nanoTime() < warm);
    Mark mark = new Mark(serverCpu);
    sendOnSchedule(schedule, () -> System.nanoTime() < mark.start + windowNanos);
    return finish(mark, serverCpu);
  }

  /** As {@link #open} while the condition holds, with the longest latencies noted by time. */
  LoadResult openWhile(
      DriverLoad load,
      double perSecond,
      BooleanSupplier going,
      LatencyTimeline times,
      LongSupplier serverCpu)
      throws IOException {
    begin(load, OPEN_DEPTH, false, 0);
    counts.begin(times);
    Mark mark = new Mark(serverCpu);
    sendOnSchedule(new Schedule(perSecond, System.nanoTime()), going);
    return finish(mark, serverCpu);
  }

  /** Sends one request on the first session without waiting for its reply. */
  void post(DriverLoad load) throws IOException {
    begin(load, 1, true, 1);
    send(sessions.get(0), 1);
  }

  /**
   * Waits for the reply to what {@link #post} sent.
   *
   * @return wrong replies
   */
  long collect() throws IOException {
    return finish(new Mark(() -> 0), () -> 0).errors();
  }

  /**
   * Waits until this many notifications have arrived since the last call.
   *
   * @return {@link System#nanoTime} when the last one had been read
   */
  long awaitEvents(long count) throws IOException {
    useSelector();
    long deadline = System.nanoTime() + DRAIN_NANOS;
    while (events < count) {
      if (System.nanoTime() > deadline) {
        throw new IOException("only " + events + " of " + count + " watch events arrived");
      }
      turn(1000);
    }
    events = 0;
    return System.nanoTime();
  }

  /** Ends the sessions on the server too, so that they weigh on no later measurement. */
  @Override
  public void close() throws IOException {
    try {
      closing = true;
      useSelector();
      counted(new CloseSessions(), 1, sessions.size(), () -> 0);
    } catch (IOException e) {
      // The server is gone or cut us off; then so are the sessions' connections.
    } finally {
      abandon();
    }
  }

  /** Closes the connections without ending the sessions. */
  void abandon() throws IOException {
    selector.close();
    for (DriverSession session : sessions) {
      session.channel().close();
    }
  }

  List<DriverSession> sessions() {
    return sessions;
  }

  private void begin(DriverLoad load, int depth, boolean closed, long count) throws IOException {
    workload = load;
    closedLoop = closed;
    toSend = count;
    counts.begin(null);
    if (sessions.size() > 1 || depth > BLOCKING_DEPTH_MAX) {
      useSelector();
    }
    int bytes = load.requestBytesMax() * depth;
    if (out.capacity() < bytes && closed) {
      out = ByteBuffer.allocateDirect(bytes);
    }
    for (DriverSession session : sessions) {
      session.reserve(depth);
    }
  }

  private void useSelector() throws IOException {
    if (!blocking) {
      return;
    }
    for (DriverSession session : sessions) {
      session.channel().configureBlocking(false);
      session.setKey(session.channel().register(selector, SelectionKey.OP_READ, session));
    }
    blocking = false;
  }

  private void prime(int depth) throws IOException {
    for (DriverSession session : sessions) {
      send(session, depth);
    }
  }

  private void runUntil(long deadline) throws IOException {
    while (System.nanoTime() < deadline) {
      turn(TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + 1);
    }
  }

  private void sendOnSchedule(Schedule schedule, BooleanSupplier going) throws IOException {
    while (going.getAsBoolean()) {
      long now = System.nanoTime();
      while (schedule.due() <= now) {
        long due = schedule.due();
        DriverSession session = sessions.get((int) (schedule.next() % sessions.size()));
        if (session.isFull()) {
          counts.wrong();
        } else {
          sendOne(session, due);
        }
      }
      turn(0);
      // Spinning would take one of two cores from the server; a nap costs both contestants the
      // same.
      LockSupport.parkNanos(PARK_NANOS);
    }
  }

  private LoadResult finish(Mark mark, LongSupplier serverCpu) throws IOException {
    long end = System.nanoTime();
    long cpu = serverCpu.getAsLong() - mark.cpu;
    long replies = counts.replies();
    Histogram latencies = counts.latencies();
    toSend = 0;
    long deadline = end + DRAIN_NANOS;
    while (outstanding > 0 && System.nanoTime() < deadline) {
      turn(100);
    }
    if (outstanding > 0) {
      throw new IOException(outstanding + " requests got no reply within 20 s");
    }
    return new LoadResult(replies, counts.errors(), end - mark.start, cpu, latencies);
  }

  /** Reads what is there, waiting at most so long, and answers with new requests. */
  private void turn(long waitMillis) throws IOException {
    if (blocking) {
      read(sessions.get(0));
      return;
    }
    if (waitMillis == 0) {
      selector.selectNow(this::ready);
    } else {
      selector.select(this::ready, waitMillis);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void ready(SelectionKey key) {
    try {
      DriverSession session = (DriverSession) key.attachment();
      if (key.isWritable()) {
        session.writeUnsent();
      }
      if (key.isReadable()) {
        read(session);
      }
    } catch (IOException e) {
      failure = e;
      key.cancel();
    }
  }

  private void read(DriverSession session) throws IOException {
    do {
      in.clear();
      session.unstash(in);
      if (session.read(in) < 0) {
        end(session);
        return;
      }
      take(session);
    } while (session.hasMore());
  }

  private void take(DriverSession session) throws IOException {
    in.flip();
    long now = System.nanoTime();
    int done = 0;
    while (in.remaining() >= 4) {
      int length = in.getInt(in.position());
      if (length < RequestFrames.REPLY_HEADER_BYTES) {
        throw new IOException("the server sent a frame of " + length + " bytes");
      }
      if (in.remaining() < 4 + length) {
        makeRoom(session, 4 + length);
        break;
      }
      done += reply(session, in.position() + 4, length, now);
      in.position(in.position() + 4 + length);
    }
    if (in.hasRemaining()) {
      session.stash(in);
    }
    send(session, closedLoop ? done : 0);
  }

  private void end(DriverSession session) throws IOException {
    if (!closing) {
      throw new IOException("the server closed the connection of session " + session.index());
    }
    outstanding -= session.inFlight();
    session.channel().close();
  }

  private void makeRoom(DriverSession session, int frameBytes) {
    if (frameBytes + TlsWire.RECORD_BYTES > in.capacity()) {
      session.stash(in);
      in = ByteBuffer.allocateDirect(frameBytes + READ_BYTES).limit(0);
    }
  }

  private int reply(DriverSession session, int at, int length, long now) {
    int xid = in.getInt(at);
    if (xid == -1) {
      events++;
      return 0;
    }
    if (session.inFlight() == 0) {
      counts.wrong();
      return 0;
    }
    int expected = session.oldestXid();
    long latency = now - session.receive();
    outstanding--;
    int body = at + RequestFrames.REPLY_HEADER_BYTES;
    if (xid == expected
        && in.getInt(at + 12) == 0
        && workload.isRight(
            in, body, length - RequestFrames.REPLY_HEADER_BYTES, session.index(), xid)) {
      counts.right(now, latency);
    } else {
      counts.wrong();
    }
    return 1;
  }

  private void send(DriverSession session, int wanted) throws IOException {
    int count = (int) Math.min(wanted, toSend);
    if (count == 0) {
      return;
    }
    toSend -= count;
    outstanding += count;
    long now = System.nanoTime();
    out.clear();
    for (int i = 0; i < count; i++) {
      workload.request(out, session.index(), session.send(now));
    }
    session.write(out.flip());
  }

  private void sendOne(DriverSession session, long due) throws IOException {
    outstanding++;
    out.clear();
    workload.request(out, session.index(), session.send(due));
    session.write(out.flip());
  }

  /** The moment a window starts: counters from zero, server CPU so far. */
  private final class Mark {
    private final long start;
    private final long cpu;

    Mark(LongSupplier serverCpu) {
      counts.startWindow();
      cpu = serverCpu.getAsLong();
      start = System.nanoTime();
    }
  }
}

package io.paddock.server;

import io.netty.channel.EventLoop;
import io.paddock.frontend.Lane;
import io.paddock.frontend.View;
import io.paddock.machine.CutLog;
import io.paddock.machine.Guard;
import io.paddock.machine.LingeringClose;
import io.paddock.machine.Unflushed;
import io.paddock.metrics.LoopMetrics;
import io.paddock.operators.FourLetterWords;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.JuteWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's clients: an event loop, its {@link View} of the feed, and what its connections
 * share, such as buffers. Everything runs in the loop but {@link #wake}. Over 400 lines: what is
 * read, followed and sent is one thread's.
 */
final class ClientLoop {
  private static final Logger LOG = LoggerFactory.getLogger(ClientLoop.class);

  private static final int INBOUND_BYTES = 64 << 10;
  private static final int WRITER_BYTES = 4 << 10;
  private static final int WRITER_BYTES_KEPT = 64 << 10;
  private static final int WRITERS_KEPT = 64;

  /** For the answer to a four-letter word, which can be long. */
  private static final int LAST_ANSWER_MS = 30_000;

  private static final int ITEMS_PER_STEP = 1024;
  private static final int ODDITIES_PER_MINUTE = 20;

  private final EventLoop loop;
  private final LoopMetrics metrics;
  private final ClientLoopLimits limits;
  private final Load load;
  private final SlowClients slowClients;
  private final Confusions confusions;
  private final ByteBound.Share unsent;
  private final ByteBound.Share halfRequests;
  private final Guard guard;
  private final Set<ClientChannel> channels = new LinkedHashSet<>();
  private final Set<ClientChannel> unestablished = new LinkedHashSet<>();
  private final Set<ClientChannel> stalled = new LinkedHashSet<>();
  private final byte[] inbound = new byte[INBOUND_BYTES];
  private final JuteReader reader = new JuteReader();
  private final LingeringClose lingering = new LingeringClose(LAST_ANSWER_MS);
  private final ArrayDeque<JuteWriter> writers = new ArrayDeque<>();
  private final Unflushed<ClientChannel> unflushed = new Unflushed<>();
  private final Runnable advance;
  private final Runnable flush;
  private final AtomicBoolean woken = new AtomicBoolean();

  private View view;
  private FourLetterWords words;
  private long gatheredBytes;
  private int oddities;
  private long odditiesSinceNanos;

  /** When another thread said that the feed had grown; 0 when the loop follows at once. */
  private volatile long wokenNanos;

  /** What the rest of the server has to do, as far as its clients must wait for that. */
  interface Load {
    /**
     * Whether so many requests are at the core that connections wait for their own.
     *
     * @param held requests of the loop that asks, which wait before the core
     */
    boolean coreBusy(int held);

    /** Bytes of large requests in work, on all loops. */
    long largeBytes();

    /** Whether so much is to be written to the log that no more is to be read. */
    boolean diskBehind();

    /** The {@link io.paddock.replica.FeedItem#bytes} of the feed's end. */
    long feedBytes();
  }

  /**
   * @param guard stands around everything that runs here
   */
  ClientLoop(
      EventLoop loop,
      LoopMetrics metrics,
      ClientLoopLimits limits,
      Load load,
      SlowClients slowClients,
      Confusions confusions,
      Guard guard) {
    this.loop = loop;
    this.metrics = metrics;
    this.limits = limits;
    this.load = load;
    this.slowClients = slowClients;
    this.confusions = confusions;
    this.unsent = slowClients.unsent().newShare(loop, guard);
    this.halfRequests = slowClients.requests().newShare(loop, guard);
    this.guard = guard;
    this.advance = guard.of(this::advance);
    this.flush = guard.of(this::flush);
  }

  /** Begins to follow the feed. Called before the client port opens. */
  void start(View view, FourLetterWords words, long touchRoundMs) {
    this.view = view;
    this.words = words;
    loop.scheduleWithFixedDelay(
        guard.of(this::endRound), touchRoundMs, touchRoundMs, TimeUnit.MILLISECONDS);
    loop.scheduleWithFixedDelay(guard.of(this::housekeeping), 1, 1, TimeUnit.SECONDS);
  }

  EventLoop loop() {
    return loop;
  }

  View view() {
    return view;
  }

  LoopMetrics metrics() {
    return metrics;
  }

  ClientLoopLimits limits() {
    return limits;
  }

  Guard guard() {
    return guard;
  }

  /** This loop's part of what clients have not read. */
  ByteBound.Share unsent() {
    return unsent;
  }

  /** This loop's part of the requests that have come in half. */
  ByteBound.Share halfRequests() {
    return halfRequests;
  }

  SlowClients slowClients() {
    return slowClients;
  }

  /** Whom to tell of clients that do not come through because of TLS. */
  Confusions confusions() {
    return confusions;
  }

  /** The connections of this loop. */
  Iterable<ClientChannel> channels() {
    return channels;
  }

  /** The feed has grown. Any thread; in the loop itself the view follows at once. */
  void wake() {
    if (loop.inEventLoop()) {
      advance();
    } else if (woken.compareAndSet(false, true)) {
      wokenNanos = System.nanoTime();
      loop.execute(advance);
    }
  }

  /** Closes every connection. */
  void closeAll() {
    List.copyOf(channels).forEach(ClientChannel::close);
  }

  /** The leader is lost, and clients are not. */
  void holdClients() {
    view.hold(System.nanoTime());
    metrics.held(view.sessionCount());
  }

  /**
   * There is a leader again.
   *
   * @return how many clients were cut meanwhile
   */
  int goOnWithClients() {
    int cut = view.goOn(System.nanoTime());
    if (cut >= 0) {
      metrics.resumed(view.sessionCount(), cut);
    }
    return Math.max(0, cut);
  }

  /** Closes the connections of clients, not those that ask for a four-letter word. */
  void cutClients() {
    view.advance(System.nanoTime(), Integer.MAX_VALUE);
    for (ClientChannel channel : List.copyOf(channels)) {
      if (!channel.isAnswering()) {
        metrics.turnedAway();
        channel.close();
      }
    }
  }

  /**
   * Follows the feed before a request is read: who sent it may have been told, by a client of
   * another loop, of what this loop has not come to yet.
   */
  void follow() {
    if (view.lag(1) > 0) {
      view.advance(System.nanoTime(), Integer.MAX_VALUE);
    }
  }

  private void advance() {
    long woke = wokenNanos;
    wokenNanos = 0;
    woken.set(false);
    long now = System.nanoTime();
    int followed = view.advance(now, ITEMS_PER_STEP);
    if (followed > 0) {
      metrics.followsAfter(woke == 0 ? 0 : now - woke);
    }
    if (followed == ITEMS_PER_STEP) {
      catchUp();
    }
    resumeStalled();
  }

  /**
   * There is more than one step's worth: sockets first, then on; or, far behind, without its
   * clients.
   */
  private void catchUp() {
    long lagBytes = load.feedBytes() - view.placeBytes();
    boolean far =
        lagBytes > limits.lagBytesMax() || view.lag(limits.lagItemsMax()) >= limits.lagItemsMax();
    if (far && !channels.isEmpty()) {
      LOG.error(
          "A client loop is {} of transactions behind: its {} connections are closed, their"
              + " sessions may go on elsewhere",
          CutLog.text(lagBytes),
          channels.size());
      closeAll();
    }
    if (woken.compareAndSet(false, true)) {
      loop.execute(advance);
    }
  }

  /**
   * Whether a connection's next frame may be read. While the core has much to do, it may if nothing
   * of it waits for an answer: so nobody starves, and every client's pings are heard.
   */
  private boolean takesMore(ClientChannel channel) {
    if (load.diskBehind() || view.pendingBytes() > limits.pendingBytesMax()) {
      return false;
    }
    return channel.lane().outstanding() == 0 || !load.coreBusy(view.heldWrites());
  }

  private void resumeStalled() {
    if (!stalled.isEmpty()) {
      List<ClientChannel> resumed = stalled.stream().filter(this::takesMore).toList();
      stalled.removeAll(Set.copyOf(resumed));
      resumed.forEach(ClientChannel::resumeReading);
    }
  }

  // --- for the channels -------------------------------------------------------------------------

  Lane opened(ClientChannel channel) {
    channels.add(channel);
    unestablished.add(channel);
    metrics.connections(channels.size());
    List<Id> ids = new ArrayList<>();
    ids.add(new Id("ip", channel.remote().getAddress().getHostAddress()));
    ids.addAll(channel.proven());
    return view.accept(channel, ids);
  }

  void closed(ClientChannel channel) {
    channels.remove(channel);
    unestablished.remove(channel);
    stalled.remove(channel);
    metrics.connections(channels.size());
  }

  /** Whether the core can take more; if not, the channel is resumed once it can. */
  boolean coreTakesMore(ClientChannel channel) {
    if (takesMore(channel)) {
      return true;
    }
    stalled.add(channel);
    return false;
  }

  /**
   * The loop's array for what a read brings, and its reader: free again when the channel's read is
   * handled.
   */
  byte[] inbound() {
    return inbound;
  }

  JuteReader reader() {
    return reader;
  }

  /** How connections of this loop are closed. */
  LingeringClose lingering() {
    return lingering;
  }

  /** Whether there is room for a large request of so many bytes. */
  boolean takesLarge(int bytes) {
    if (load.largeBytes() + bytes <= limits.largeBytesMax()) {
      return true;
    }
    metrics.largeRejected();
    return false;
  }

  /** Writes that are held back are looked at so often, at least. Called before the first client. */
  void lookAtHeldEvery(int ms) {
    loop.scheduleWithFixedDelay(
        guard.of(() -> view.lookAtHeld(System.nanoTime())), ms, ms, TimeUnit.MILLISECONDS);
  }

  JuteWriter borrowWriter() {
    JuteWriter writer = writers.poll();
    return writer == null ? new JuteWriter(WRITER_BYTES) : writer;
  }

  void returnWriter(JuteWriter writer) {
    if (writers.size() < WRITERS_KEPT) {
      writer.clear(WRITER_BYTES_KEPT);
      writers.push(writer);
    }
  }

  /**
   * The channel has something to send: when the loop has done with what is at hand, all are
   * flushed.
   */
  void dirty(ClientChannel channel) {
    if (!unflushed.isEmpty()) {
      unflushed.last().countGathered();
      flushIfMuch();
    }
    if (unflushed.isEmpty()) {
      loop.execute(flush);
    }
    gathered(WRITER_BYTES);
    unflushed.add(channel);
  }

  /** So many bytes more wait to be handed to the sockets. */
  void gathered(int bytes) {
    gatheredBytes += bytes;
  }

  /**
   * One burst can write to thousands of connections, or much to a few: what it has written must not
   * all wait in memory for its end. To be called while no frame is begun.
   */
  void flushIfMuch() {
    if (gatheredBytes > limits.gatheredBytesMax()) {
      flush();
    }
  }

  private void flush() {
    gatheredBytes = 0;
    unflushed.flush(ClientChannel::flush);
  }

  void fourLetterWord(ClientChannel channel, String word, long argument) {
    words
        .answer(word, argument, loop, channel.isSecure())
        .whenComplete(
            (text, failure) -> loop.execute(guard.of(() -> channel.answer(text, failure))));
  }

  /** Logs what a stranger did, but not so often that strangers could fill the disk with it. */
  void oddity(Supplier<String> line) {
    long now = System.nanoTime();
    if (now - odditiesSinceNanos > TimeUnit.MINUTES.toNanos(1)) {
      if (oddities > ODDITIES_PER_MINUTE) {
        LOG.warn(
            "{} more connections were cut off in the last minute", oddities - ODDITIES_PER_MINUTE);
      }
      odditiesSinceNanos = now;
      oddities = 0;
    }
    if (++oddities <= ODDITIES_PER_MINUTE) {
      LOG.warn(line.get());
    }
  }

  private void endRound() {
    view.endTouchRound();
    view.cutImpatient(System.nanoTime());
    view.resumeDelayed(System.nanoTime());
  }

  private void housekeeping() {
    resumeStalled();
    unsent.look();
    slowClients.look();
    metrics.watches(view.watches().dataCount() + view.watches().childCount());
    long now = System.currentTimeMillis();
    Iterator<ClientChannel> oldest = unestablished.iterator();
    List<ClientChannel> late = new ArrayList<>();
    while (oldest.hasNext()) {
      ClientChannel channel = oldest.next();
      if (channel.lane().isEstablished()) {
        oldest.remove();
      } else if (now - channel.openedMs() > limits.firstFrameTimeoutMs()) {
        late.add(channel);
      } else {
        break;
      }
    }
    for (ClientChannel channel : late) {
      metrics.sessionlessExpired();
      channel.close();
    }
  }
}

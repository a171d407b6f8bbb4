package io.paddock.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.paddock.machine.Guard;
import io.paddock.metrics.CoreMetrics;
import io.paddock.wire.JuteWriter;
import io.paddock.zab.QuorumPacket;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes out on one connection between a leader and a learner, in the order of the calls: while
 * another thread fills in a log or a snapshot, what comes behind it is held back. What has not left
 * is bounded: a learner that does not read is dropped, and may come back for what it has missed.
 * Runs in the core's loop but for {@link #piece} and {@link #piecesEnd}.
 */
final class Outgoing {
  private static final Logger LOG = LoggerFactory.getLogger(Outgoing.class);

  /** What an entry of a queue costs beside its bytes, roughly, as Netty counts it. */
  private static final int ENTRY_BYTES = 96;

  /** What is gathered at most before the socket's queue gets it. */
  private static final int GATHERED_BYTES_MAX = 64 << 10;

  /** Of what goes to a learner, something is timed so often. */
  private static final long TIMED_EVERY_NANOS = 100_000_000;

  /** Something to be done in its place of the order; not bytes. */
  private interface Step extends Runnable {}

  /** What it needs of the port that its connection belongs to. */
  interface Port {
    PacketBytes packets();

    /** How much may wait for one peer to take it. */
    long unsentBytesMax();

    /** It was dropped because its peer does not read. */
    default void dropped() {}

    /** It is to be flushed when the burst is over. */
    void dirty(Outgoing outgoing);

    /** Runs {@code step} in the core's loop. */
    void later(Runnable step);

    /** Closes the connection behind what was written, as far as that leaves soon. */
    void close(Channel channel);

    /** Where it is noted how learners take what they are sent; null where it is not. */
    CoreMetrics figures();
  }

  private final Port port;
  private final Object peer;
  private final Channel channel;

  /** Encoded packets, and steps, that wait while pieces are sent. */
  private final ArrayDeque<Object> held = new ArrayDeque<>();

  /** Encoded packets on their way to one write: each of its own costs more than its bytes do. */
  private final JuteWriter gathered = new JuteWriter(4 << 10);

  private long heldBytes;
  private long sent;

  // For the figures of a learner.
  private long learner = -1;
  private int packetsAtHand;
  private long atHandSinceNanos;
  private long timedNanos;
  private boolean timing;
  private long closingNanos;

  private boolean dirty;
  private boolean sendingPieces;
  private boolean closing;

  /**
   * @param peer names itself in the log
   */
  Outgoing(Port port, Object peer, Channel channel) {
    this.port = port;
    this.peer = peer;
    this.channel = channel;
  }

  /** The other end is this learner, whose figures are kept. */
  void learner(long sid) {
    learner = sid;
    timedNanos = System.nanoTime() - TIMED_EVERY_NANOS;
  }

  /** Whether it is over, and nothing is to be sent or taken any more. */
  boolean closing() {
    return closing;
  }

  void send(QuorumPacket packet) {
    if (closing) {
      return;
    }
    byte[] bytes = port.packets().of(packet);
    if (waitingBytes() + bytes.length > port.unsentBytesMax()) {
      LOG.warn(
          "{} does not take what it is sent: {} MiB wait for it. It is dropped, and may come back for what it has"
              + " missed",
          peer,
          waitingBytes() >> 20);
      port.dropped();
      abort();
    } else if (sendingPieces) {
      held.addLast(bytes);
      heldBytes += bytes.length + ENTRY_BYTES;
    } else {
      write(bytes);
    }
  }

  /** How many packets are held back. */
  int waiting() {
    return held.size();
  }

  /** Packets that have left, or wait in the socket. */
  long sent() {
    return sent;
  }

  /** Bytes that have not left. */
  long waitingBytes() {
    ChannelOutboundBuffer written = channel.unsafe().outboundBuffer();
    return heldBytes + gathered.size() + (written == null ? 0 : written.totalPendingWriteBytes());
  }

  private void write(byte[] bytes) {
    sent++;
    packetsAtHand++;
    if (gathered.size() + bytes.length > GATHERED_BYTES_MAX) {
      passOn();
    }
    if (bytes.length > GATHERED_BYTES_MAX) {
      channel.write(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
    } else {
      gathered.writeRaw(bytes, 0, bytes.length);
    }
    if (!dirty) {
      dirty = true;
      atHandSinceNanos = learner < 0 ? 0 : System.nanoTime();
      port.dirty(this);
    }
  }

  /** What was gathered goes to the socket's queue. */
  private void passOn() {
    if (gathered.size() == 0) {
      return;
    }
    try {
      ByteBuf bytes = channel.alloc().directBuffer(gathered.size());
      bytes.writeBytes(gathered.array(), 0, gathered.size());
      channel.write(bytes, channel.voidPromise());
    } catch (OutOfMemoryError e) {
      if (!Guard.isOutOfDirectMemory(e)) {
        throw e;
      }
      LOG.warn("{} is dropped, and may come back: {}", peer, e.getMessage());
      port.dropped();
      abort();
    }
    gathered.clear(GATHERED_BYTES_MAX);
  }

  void flush() {
    dirty = false;
    passOn();
    if (learner >= 0 && port.figures() != null) {
      recordBurst();
    }
    packetsAtHand = 0;
    channel.flush();
  }

  /** What waits now, and once in a while how long it takes to leave. */
  private void recordBurst() {
    CoreMetrics figures = port.figures();
    figures.packetsGoTo(learner, packetsAtHand + held.size());
    if (timing || atHandSinceNanos - timedNanos < TIMED_EVERY_NANOS) {
      return;
    }
    timing = true;
    long since = atHandSinceNanos;
    timedNanos = since;
    channel
        .write(Unpooled.EMPTY_BUFFER)
        .addListener(
            left -> {
              timing = false;
              if (left.isSuccess()) {
                figures.packetsLeftFor(learner, System.nanoTime() - since);
              }
            });
  }

  /** Runs {@code start} in its place; nothing else is sent until {@link #piecesEnd}. */
  void sendPieces(Runnable start) {
    Step step = start::run;
    if (sendingPieces) {
      held.addLast(step);
    } else {
      begin(step);
    }
  }

  private void begin(Step step) {
    passOn();
    sendingPieces = true;
    step.run();
  }

  /** Sends a piece of a log or a snapshot. Any thread. */
  ChannelFuture piece(ByteBuf piece) {
    return channel.writeAndFlush(piece);
  }

  /** The pieces have left, or some of them never will: then the connection is over. Any thread. */
  void piecesEnd(boolean whole) {
    port.later(() -> goOn(whole));
  }

  private void goOn(boolean whole) {
    if (!whole) {
      abort();
    }
    sendingPieces = false;
    while (!sendingPieces && !held.isEmpty() && !closing) {
      Object next = held.removeFirst();
      if (next instanceof byte[] bytes) {
        heldBytes -= bytes.length + ENTRY_BYTES;
        write(bytes);
      } else if (next instanceof Step step) {
        begin(step);
      }
    }
  }

  /** Closes behind what was sent, as far as that leaves soon. */
  void closeBehind() {
    if (closing) {
      return;
    }
    beginClosing();
    if (sendingPieces) {
      channel.close();
      return;
    }
    passOn();
    port.close(channel);
  }

  /** Closes at once; what has not left is lost. */
  void abort() {
    if (!closing) {
      beginClosing();
      channel.close();
    }
  }

  private void beginClosing() {
    closing = true;
    closingNanos = System.nanoTime();
  }

  /** The connection is gone. */
  void closed() {
    if (closing && port.figures() != null) {
      port.figures().peerClosed(System.nanoTime() - closingNanos);
    }
    closing = true;
  }
}
